# What is not ours, as imported targets: Debian's packages, and libsrtp and usrsctp built by scripts/setup.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(nlohmann_json REQUIRED)

pkg_check_modules(uv REQUIRED IMPORTED_TARGET libuv)

# AUTO keeps the programs buildable where only they are wanted: the tests join when GoogleTest is there.
set(SLUICE_TESTS AUTO CACHE STRING "Build the tests: ON, OFF, or AUTO (if GoogleTest is installed)")
if(SLUICE_TESTS STREQUAL "AUTO")
  find_package(GTest QUIET)
  set(SLUICE_TESTS ${GTest_FOUND})
elseif(SLUICE_TESTS)
  find_package(GTest REQUIRED)
endif()
if(SLUICE_TESTS)
  include(GoogleTest)
endif()

# Debian links libsrtp to NSS, which is several times slower (docs/decisions/libsrtp.md): scripts/setup rebuilds its
# source package with the OpenSSL backend into third_party/prefix/.
set(SLUICE_SRTP_ROOT ${PROJECT_SOURCE_DIR}/third_party/prefix CACHE PATH "Where libsrtp 2.x with OpenSSL is installed")
if(NOT EXISTS ${SLUICE_SRTP_ROOT}/lib/libsrtp2.a)
  message(FATAL_ERROR "libsrtp is not built: run scripts/setup")
endif()
add_library(sluice_srtp2 STATIC IMPORTED GLOBAL)
set_target_properties(sluice_srtp2 PROPERTIES
  IMPORTED_LOCATION ${SLUICE_SRTP_ROOT}/lib/libsrtp2.a
  INTERFACE_INCLUDE_DIRECTORIES ${SLUICE_SRTP_ROOT}/include
  INTERFACE_LINK_LIBRARIES OpenSSL::Crypto)

# Outgoing AES-GCM (docs/decisions/cipher.md). It exists for x86-64 only.
set(SLUICE_IPSEC_MB AUTO CACHE STRING "Protect with ipsec-mb: ON, OFF, or AUTO (if it is installed)")
add_library(sluice_ipsec_mb INTERFACE IMPORTED GLOBAL)
set(SLUICE_HAS_IPSEC_MB OFF)
if(SLUICE_IPSEC_MB)
  find_library(SLUICE_IPSEC_MB_LIBRARY IPSec_MB)
  find_path(SLUICE_IPSEC_MB_INCLUDE intel-ipsec-mb.h)
  if(SLUICE_IPSEC_MB_LIBRARY AND SLUICE_IPSEC_MB_INCLUDE)
    set(SLUICE_HAS_IPSEC_MB ON)
    target_compile_definitions(sluice_ipsec_mb INTERFACE SLUICE_IPSEC_MB)
    target_include_directories(sluice_ipsec_mb SYSTEM INTERFACE ${SLUICE_IPSEC_MB_INCLUDE})
    target_link_libraries(sluice_ipsec_mb INTERFACE ${SLUICE_IPSEC_MB_LIBRARY} OpenSSL::Crypto)
  elseif(NOT SLUICE_IPSEC_MB STREQUAL "AUTO")
    message(FATAL_ERROR "ipsec-mb is not installed: apt-get install libipsec-mb-dev, or -DSLUICE_IPSEC_MB=OFF")
  endif()
endif()

# Ours is patched (docs/decisions/sctp.md); scripts/setup builds it into the same place.
set(SLUICE_USRSCTP_ROOT ${PROJECT_SOURCE_DIR}/third_party/prefix CACHE PATH "Where our usrsctp is installed")
if(NOT EXISTS ${SLUICE_USRSCTP_ROOT}/include/usrsctp_context.h)
  message(FATAL_ERROR "usrsctp is not built: run scripts/setup")
endif()
add_library(sluice_usrsctp STATIC IMPORTED GLOBAL)
set_target_properties(sluice_usrsctp PROPERTIES
  IMPORTED_LOCATION ${SLUICE_USRSCTP_ROOT}/lib/libusrsctp.a
  INTERFACE_INCLUDE_DIRECTORIES ${SLUICE_USRSCTP_ROOT}/include
  INTERFACE_LINK_LIBRARIES Threads::Threads)
