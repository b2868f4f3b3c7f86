# find_package(Waggle): the SDK as installed. Gives Waggle::sdk and waggle_add_connector().
include(${CMAKE_CURRENT_LIST_DIR}/WaggleTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/WaggleConnector.cmake)
