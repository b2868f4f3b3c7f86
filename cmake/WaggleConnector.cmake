# waggle_add_connector(NAME SOURCES file... [LINK lib...]): builds one connector plugin, NAME.so. Ships with the SDK, and is
# what our own connectors are built with.
#
# What it sees to, and why:
#   hidden visibility and a linker script   the one exported symbol is waggle_plugin_entry; visibility alone leaks dozens
#   -fno-gnu-unique (GCC)                   one unique symbol keeps a library resident, and a replacement runs the old code
#   a module without lib prefix, nothing of the host linked
#   chmod go-w                              the host refuses what others may write, and with umask 002 linkers make such files
#   the folder samples/ beside the source, when there is one, is copied beside the plugin
#   the library behind an optional SDK header, when a source, or a header beside it, includes it:
#   <waggle/crypto.hpp> OpenSSL's libcrypto, <waggle/xml.hpp> expat
set(WAGGLE_CONNECTOR_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/waggle-plugin.map)

function(waggle_add_connector NAME)
  cmake_parse_arguments(CONNECTOR "" "" "SOURCES;LINK" ${ARGN})
  if(NOT CONNECTOR_SOURCES)
    message(FATAL_ERROR "waggle_add_connector(${NAME} SOURCES ...): name at least one source file")
  endif()
  add_library(${NAME} MODULE ${CONNECTOR_SOURCES})
  target_link_libraries(${NAME} PRIVATE Waggle::sdk ${CONNECTOR_LINK})
  set_target_properties(${NAME} PROPERTIES PREFIX "" SUFFIX .so CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
    LINK_DEPENDS ${WAGGLE_CONNECTOR_EXPORTS})
  target_compile_options(${NAME} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${NAME} PRIVATE LINKER:--version-script=${WAGGLE_CONNECTOR_EXPORTS})
  if(NOT WAGGLE_SANITIZE)
    # Otherwise a missing library shows only when the host loads the plugin. (Sanitizers leave their symbols open.)
    target_link_options(${NAME} PRIVATE LINKER:--no-undefined)
  endif()

  add_custom_command(TARGET ${NAME} POST_BUILD COMMAND chmod go-w $<TARGET_FILE:${NAME}>)

  # The samples go beside the plugin, as NAME.samples: `waggle run --dry` answers an action from its sample.
  list(GET CONNECTOR_SOURCES 0 first)
  get_filename_component(first ${first} ABSOLUTE)
  get_filename_component(samples ${first} DIRECTORY)
  set(samples ${samples}/samples)
  if(IS_DIRECTORY ${samples})
    file(GLOB sample_files CONFIGURE_DEPENDS ${samples}/*)
    set_property(TARGET ${NAME} APPEND PROPERTY LINK_DEPENDS ${sample_files})
    add_custom_command(TARGET ${NAME} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E rm -rf $<TARGET_FILE_DIR:${NAME}>/${NAME}.samples
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${samples} $<TARGET_FILE_DIR:${NAME}>/${NAME}.samples)
  endif()

  # Which optional SDK headers do the sources include, or the headers beside them?
  set(read_files)
  foreach(source ${CONNECTOR_SOURCES})
    get_filename_component(source ${source} ABSOLUTE)
    get_filename_component(folder ${source} DIRECTORY)
    file(GLOB headers ${folder}/*.h ${folder}/*.hpp ${folder}/*.ipp)
    list(APPEND read_files ${source} ${headers})
  endforeach()
  list(REMOVE_DUPLICATES read_files)
  set(optional)
  foreach(file ${read_files})
    if(EXISTS ${file})
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
      file(STRINGS ${file} includes REGEX "^[ \t]*#[ \t]*include[ \t]*<waggle/(crypto|xml)\\.hpp>")
      string(APPEND optional "${includes}")
    endif()
  endforeach()
  if(optional MATCHES "crypto")
    find_package(OpenSSL REQUIRED COMPONENTS Crypto)
    target_link_libraries(${NAME} PRIVATE OpenSSL::Crypto)
  endif()
  if(optional MATCHES "xml")
    find_package(EXPAT REQUIRED)
    target_link_libraries(${NAME} PRIVATE EXPAT::EXPAT)
  endif()
endfunction()
