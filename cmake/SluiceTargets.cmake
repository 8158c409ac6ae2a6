# The four kinds of target. All sources of a folder belong to its one target.
include(GNUInstallDirs)

# Everything that is installed as a program; scripts/build builds these.
add_custom_target(programs)

# sluice_library(rtc_ice DEPS rtc_stun rtc_net): the *.cc of the current folder, and of the FOLDERS below it, as a static
# library; main.cc and what EXCLUDE names stay out. ONLY names the sources instead, where a folder has a part of its own. Includes are written from the root of the tree:
# #include "rtc/ice/ice_lite_agent.h".
function(sluice_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;PRIVATE_DEPS;FOLDERS;EXCLUDE;ONLY" ${ARGN})
  set(sources)
  foreach(folder "" ${ARG_FOLDERS})
    set(path ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
    cmake_path(NORMAL_PATH path)
    string(REGEX REPLACE "/$" "" path ${path})  # or the names below would not be those of `excluded`
    file(GLOB found CONFIGURE_DEPENDS ${path}/*.cc ${path}/*.h)
    list(APPEND sources ${found})
  endforeach()
  if(ARG_ONLY)
    set(sources ${ARG_ONLY})
  endif()
  foreach(excluded main.cc ${ARG_EXCLUDE})
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${excluded})
  endforeach()
  if(sources MATCHES "\\.cc(;|$)")
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/sluice>)
  target_compile_features(${name} ${scope} cxx_std_20)
  target_link_libraries(${name} ${scope} ${ARG_DEPS})
  if(ARG_PRIVATE_DEPS AND scope STREQUAL "PUBLIC")
    target_link_libraries(${name} PRIVATE ${ARG_PRIVATE_DEPS})
  endif()
  sluice_install_library(${name})
endfunction()

# sluice_program(sluice-worker DEPS worker_lib): main.cc of the current folder (or SOURCES) as an installed program in bin/.
function(sluice_program name)
  cmake_parse_arguments(ARG "" "" "DEPS;SOURCES" ${ARGN})
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES main.cc)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  add_dependencies(programs ${name})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
endfunction()

# sluice_test(rtc_ice_test DEPS rtc_ice test_support): every *_test.cc of the current folder as one program.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "DEPS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -O1) # the code under test keeps its own level; tests compile twice as fast
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# sluice_fuzzer(stun DEPS rtc_stun): stun_fuzzer.cc of the current folder, if the first of its DEPS is part of this
# build. Its corpus, corpus/stun/, is replayed by ctest in every build; with SLUICE_FUZZ it is a libFuzzer program.
function(sluice_fuzzer name)
  cmake_parse_arguments(ARG "" "RUNS" "DEPS" ${ARGN})
  if(NOT ARG_RUNS)
    set(ARG_RUNS 50000)
  endif()
  list(GET ARG_DEPS 0 tested)
  if(NOT TARGET ${tested})
    return()
  endif()
  set(target fuzz_${name})
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  add_executable(${target} ${name}_fuzzer.cc)
  target_link_libraries(${target} PRIVATE ${ARG_DEPS})
  if(SLUICE_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(found ${CMAKE_CURRENT_BINARY_DIR}/found/${name}) # new inputs, kept out of the source tree
    file(MAKE_DIRECTORY ${found})
    add_test(NAME fuzz.${name}.smoke
             COMMAND ${target} -runs=${ARG_RUNS} -seed=1 -max_len=4096 -rss_limit_mb=1024 ${found} ${corpus})
    set_tests_properties(fuzz.${name}.smoke PROPERTIES TIMEOUT 600)
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/test/fuzz/replay_main.cc)
    add_test(NAME fuzz.${name}.replay COMMAND ${target} ${corpus})
  endif()
endfunction()
