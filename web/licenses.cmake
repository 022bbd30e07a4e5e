# licenses(OUTPUT PART...): one text with the notices of the third-party code and fonts that a build carries, each PART as
# licenses.py takes it; a custom target depends on OUTPUT.
find_program(PYTHON python3 REQUIRED NO_CMAKE_FIND_ROOT_PATH)
function(licenses output)
  set(files ${ARGN})
  list(TRANSFORM files REPLACE "^[^=]*=([^:]*).*" "\\1")
  add_custom_command(OUTPUT ${output}
    COMMAND ${PYTHON} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/licenses.py ${output} ${ARGN}
    DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/licenses.py ${files} VERBATIM)
endfunction()

# What every WebAssembly module of ours carries.
set(doc /usr/share/doc)
set(core_licenses digit-vae=${PROJECT_SOURCE_DIR}/LICENSE Eigen=${doc}/libeigen3-dev/copyright)
if(EXISTS ${EMSCRIPTEN_ROOT_PATH}/LICENSE)  # Emscripten's own SDK
  set(system ${EMSCRIPTEN_ROOT_PATH}/system/lib)
  list(APPEND core_licenses Emscripten=${EMSCRIPTEN_ROOT_PATH}/LICENSE musl=${system}/libc/musl/COPYRIGHT
    libc++=${system}/libcxx/LICENSE.TXT compiler-rt=${system}/compiler-rt/LICENSE.TXT)
else()
  set(files system/lib/libc/musl/*,system/lib/libc/musl/src/math,system/lib/libc/musl/src/stdlib)
  set(files ${files},system/lib/libcxx,system/lib/compiler-rt,src/library)
  list(APPEND core_licenses "Emscripten, musl, libc++, compiler-rt=${doc}/emscripten/copyright:${files}")
endif()
