# cmpkit_room(<name> SOURCES a.cpp ... [PUBLIC target ...] [PRIVATE target ...])
#
# The library of one room: target cmpkit_<name>, used as cmpkit::<name>. PUBLIC and PRIVATE are what it links.
# Private headers are included from the root of the tree: "cmp/message/header.h".
function(cmpkit_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target cmpkit_${name})
  if(NOT room_SOURCES)  # a room that is still empty
    add_library(${target} INTERFACE)
    add_library(cmpkit::${name} ALIAS ${target})
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} INTERFACE ${room_PUBLIC})
    return()
  endif()
  add_library(${target} STATIC ${room_SOURCES})
  add_library(cmpkit::${name} ALIAS ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target}
    PUBLIC "${PROJECT_SOURCE_DIR}/include"
    PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PUBLIC ${room_PUBLIC} PRIVATE ${room_PRIVATE} $<BUILD_INTERFACE:cmpkit_build_options>)
endfunction()
