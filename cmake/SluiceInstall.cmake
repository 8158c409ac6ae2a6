# What `cmake --install` copies, and how find_package(Sluice) finds it again.
include(CMakePackageConfigHelpers)

# Folders whose libraries and headers are the public package; all others are programs' insides.
set(SLUICE_PUBLIC_FOLDERS rtc fbs channel controller)

# Called by sluice_library(): the target joins the package if its folder is public.
function(sluice_install_library name)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" top ${folder})
  if(NOT top IN_LIST SLUICE_PUBLIC_FOLDERS)
    return()
  endif()
  install(TARGETS ${name} EXPORT SluiceTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/sluice)
  install(DIRECTORY ./ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sluice/${folder} FILES_MATCHING PATTERN "*.h")
endfunction()

# Called once, after all folders: the package's own files, and libsrtp and usrsctp, which no package of Debian
# gives us as we need them.
function(sluice_install_package)
  set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Sluice)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/SluiceConfig.cmake.in
                                ${PROJECT_BINARY_DIR}/SluiceConfig.cmake INSTALL_DESTINATION ${config_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/SluiceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/SluiceConfig.cmake ${PROJECT_BINARY_DIR}/SluiceConfigVersion.cmake
          DESTINATION ${config_dir})
  install(EXPORT SluiceTargets NAMESPACE Sluice:: DESTINATION ${config_dir})
  install(FILES ${SLUICE_SRTP_ROOT}/lib/libsrtp2.a ${SLUICE_USRSCTP_ROOT}/lib/libusrsctp.a
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/sluice)
  install(DIRECTORY conference/web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sluice/web OPTIONAL)
  install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
endfunction()
