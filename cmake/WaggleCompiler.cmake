# Compiler settings shared by every room: language level, warnings, ccache, linker, hardening, sanitizers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(WAGGLE_CCACHE ccache)
if(WAGGLE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${WAGGLE_CCACHE})
  # Precompiled headers change on every build unless ccache may look past their time stamps.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${WAGGLE_CCACHE})
endif()

find_program(WAGGLE_MOLD mold)
if(WAGGLE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache and precompiled headers agree only if GCC writes the same PCH for the same input.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  # GCC 12 reports impossible overflows and uninitialised members inside inlined std::string code.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict> -Wno-maybe-uninitialized -Wno-stringop-overread)
endif()

# asan | tsan | (empty). Set by the presets.
set(WAGGLE_SANITIZE "" CACHE STRING "address+undefined (asan), thread (tsan) or nothing")
if(WAGGLE_SANITIZE STREQUAL "asan")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(WAGGLE_SANITIZE STREQUAL "tsan")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  # GCC says that it does not watch the memory fences inside Asio; what they order is watched by other means.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  add_link_options(-fsanitize=thread)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
