# The toolchain file of whichever Emscripten is on the PATH: a distribution's, or emsdk's.
find_program(EM_CONFIG em-config NO_CMAKE_FIND_ROOT_PATH)
if(NOT EM_CONFIG)
  message(FATAL_ERROR "There is no Emscripten on the PATH (no em-config): install it, or source emsdk_env.sh.")
endif()
execute_process(COMMAND ${EM_CONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_VARIABLE reason RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${EM_CONFIG} EMSCRIPTEN_ROOT failed: ${reason}")
endif()
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
