# Everything we do not write ourselves. `./run` installs it all; cmake/bootstrap.sh puts what the
# distribution lacks (Botan 3, Boost 1.81, Catch2 3) under build/deps, or under $CMPKIT_DEPS.

if(PROJECT_IS_TOP_LEVEL)
  set(deps "${PROJECT_SOURCE_DIR}/build/deps")
  if(DEFINED ENV{CMPKIT_DEPS})
    set(deps "$ENV{CMPKIT_DEPS}")
  endif()
  list(APPEND CMAKE_PREFIX_PATH "${deps}/botan" "${deps}/boost/usr" "${deps}/catch2/usr")
endif()

find_package(tl-expected REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG)
find_package(Botan 3.12 REQUIRED OPTIONAL_COMPONENTS tpm2)
find_package(SQLite3 3.40 REQUIRED)

# libpq. What is not needed to be a client, the server's headers, is not asked for.
find_package(PostgreSQL QUIET)
option(CMPKIT_POSTGRESQL "Build the store in PostgreSQL (needs libpq)" ${PostgreSQL_FOUND})
if(CMPKIT_POSTGRESQL)
  find_package(PostgreSQL 14 REQUIRED)  # 14 has pipelines
endif()

# One name for Botan, shared (distribution) or static (bootstrap.sh).
add_library(cmpkit_botan INTERFACE)
if(TARGET botan::botan)
  target_link_libraries(cmpkit_botan INTERFACE botan::botan)
else()
  target_link_libraries(cmpkit_botan INTERFACE botan::botan-static)
  if(Botan_tpm2_FOUND)  # the static target does not name what its modules need
    target_link_libraries(cmpkit_botan INTERFACE tss2-esys tss2-rc tss2-tctildr tss2-mu)
  endif()
endif()

if(CMPKIT_BUILD_TOOLS OR CMPKIT_BUILD_TESTS)
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()
if(CMPKIT_BUILD_TESTS)
  find_package(Catch2 3 REQUIRED)
endif()
if(CMPKIT_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
  find_package(OpenSSL REQUIRED)  # what we are measured against
endif()
