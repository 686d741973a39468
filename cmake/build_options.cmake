# How we compile our own code: warnings and sanitizers. Linked PRIVATE by every target of ours and never exported.

set(CMPKIT_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")
option(CMPKIT_WERROR "Treat warnings as errors" OFF)
option(CMPKIT_COVERAGE "Instrument for coverage" OFF)

add_library(cmpkit_build_options INTERFACE)
target_compile_options(cmpkit_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>  # g++ warns of moves of every std::optional of a vector
  $<$<BOOL:${CMPKIT_WERROR}>:-Werror>)
# g++ 12 sees overlapping and endless copies in std::string and std::vector where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(cmpkit_build_options INTERFACE -Wno-restrict -Wno-stringop-overread)
endif()

if(CMPKIT_SANITIZE)
  target_compile_options(cmpkit_build_options INTERFACE
    -fsanitize=${CMPKIT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(cmpkit_build_options INTERFACE -fsanitize=${CMPKIT_SANITIZE})
endif()
if(CMPKIT_COVERAGE)
  target_compile_options(cmpkit_build_options INTERFACE --coverage)
  target_link_options(cmpkit_build_options INTERFACE --coverage)
endif()
