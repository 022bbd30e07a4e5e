# licenses(OUTPUT NAME=FILE...): one text with the notices of the third-party code that a build carries; a custom target
# depends on OUTPUT.
function(licenses output)
  set(files ${ARGN})
  list(TRANSFORM files REPLACE "^[^=]*=" "")
  add_custom_command(OUTPUT ${output}
    COMMAND ${PYTHON} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tools/licenses.py ${output} ${ARGN}
    DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tools/licenses.py ${files} VERBATIM)
endfunction()

# What every WebAssembly module of ours carries. The texts are in the tree, because every distribution keeps them elsewhere.
set(notices ${CMAKE_CURRENT_SOURCE_DIR}/licenses)
set(core_licenses digit-vae=${PROJECT_SOURCE_DIR}/LICENSE Eigen=${notices}/eigen.txt Emscripten=${notices}/emscripten.txt
  musl=${notices}/musl.txt "libc++, compiler-rt=${notices}/llvm.txt")
