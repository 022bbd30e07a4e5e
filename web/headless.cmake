# The headless module: digit-vae.js (written by hand) with digit-vae.wasm, and digit-vae-scalar.wasm for
# browsers without SIMD. The core is compiled here once more for each of the two, because their flags differ.
# No JavaScript comes from Emscripten: the module is standalone and imports nothing.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.60)  # later ones keep no errno of their own accord
  set(no_errno -sSUPPORT_ERRNO=0)
endif()
# headless_module(NAME FLAGS...): -O2 is for where the time goes, -Oz for the rest, whose functions newer clangs would put
# into each other more than is good for size.
function(headless_module name)
  add_library(${name}-kernels OBJECT ${kernels})
  target_compile_options(${name}-kernels PRIVATE -O2 -fno-unroll-loops)
  add_executable(${name} headless/bindings.cpp headless/heap.cpp ${core_sources})
  target_compile_options(${name} PRIVATE -Oz "SHELL:-mllvm -inline-threshold=0")
  foreach(target ${name}-kernels ${name})
    target_include_directories(${target} SYSTEM PRIVATE ${core_includes})
    target_compile_options(${target} PRIVATE -flto -fno-exceptions -fno-rtti -ffp-contract=off ${ARGN})
    target_link_libraries(${target} PRIVATE vae_warnings)
  endforeach()
  target_link_libraries(${name} PRIVATE ${name}-kernels)
  # The stack: parsing and matrix products need little. MAXIMUM_MEMORY: the largest file allowed (64 MiB) takes
  # 130 MiB while it loads, or 320 MiB if it is int8; memory grows only as far as it is used.
  target_link_options(${name} PRIVATE -Oz -flto ${ARGN} -sSTANDALONE_WASM --no-entry -sFILESYSTEM=0 -sMALLOC=none
    ${no_errno} -Wl,-mllvm,-inline-threshold=-200 -sBINARYEN_EXTRA_PASSES=--converge,--reorder-functions
    -sTOTAL_STACK=256KB -sINITIAL_MEMORY=2MB -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=512MB)
  set_target_properties(${name} PROPERTIES SUFFIX .wasm RUNTIME_OUTPUT_DIRECTORY ${DIGIT_VAE_SITE})
  shrink(${name})
endfunction()

headless_module(digit-vae ${simd_flags})
headless_module(digit-vae-scalar)

# Pages load the script minified, as the lab's (its comments are in digit-vae.d.ts too).
add_custom_command(OUTPUT ${DIGIT_VAE_SITE}/digit-vae.js ${DIGIT_VAE_SITE}/digit-vae.d.ts
  COMMAND ${minify} --outfile=${DIGIT_VAE_SITE}/digit-vae.js ${CMAKE_CURRENT_SOURCE_DIR}/headless/digit-vae.js
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/headless/digit-vae.d.ts ${DIGIT_VAE_SITE}
  DEPENDS headless/digit-vae.js headless/digit-vae.d.ts VERBATIM)
licenses(${DIGIT_VAE_SITE}/digit-vae.licenses.txt ${core_licenses})
add_custom_target(headless ALL DEPENDS ${DIGIT_VAE_SITE}/digit-vae.js ${DIGIT_VAE_SITE}/digit-vae.licenses.txt)

# The models that small elements show, cut in two by a program of ours under Node.
add_executable(split_weights headless/split_weights.cpp)
target_link_libraries(split_weights PRIVATE vae_core vae_warnings)
set_target_properties(split_weights PROPERTIES SUFFIX .cjs)  # package.json makes .js an ES module
target_link_options(split_weights PRIVATE -sSINGLE_FILE -sENVIRONMENT=node -sNODERAWFS -sALLOW_MEMORY_GROWTH
  -sTOTAL_STACK=1MB)  # since 3.1.27 the default is 64 KB
foreach(model weights aevb)
  set(file ${PROJECT_SOURCE_DIR}/assets/${model}.bin)
  set(parts ${DIGIT_VAE_SITE}/${model}.decoder.bin ${DIGIT_VAE_SITE}/${model}.encoder.bin)
  add_custom_command(OUTPUT ${parts}
    COMMAND node $<TARGET_FILE:split_weights> ${file} ${DIGIT_VAE_SITE}/${model}
    DEPENDS split_weights ${file} VERBATIM)
  add_custom_target(${model}_parts ALL DEPENDS ${parts})
endforeach()

# The element, which the lab's page takes where there is no WebGL.
file(GLOB element CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/element/* ${CMAKE_CURRENT_SOURCE_DIR}/tools/*)
add_custom_command(OUTPUT ${DIGIT_VAE_SITE}/element.js
  COMMAND node ${CMAKE_CURRENT_SOURCE_DIR}/tools/bundle.mjs ${DIGIT_VAE_SITE}
  DEPENDS ${element} download.js headless/digit-vae.js ${texts} digit-vae headless weights_parts VERBATIM)
add_custom_target(element ALL DEPENDS ${DIGIT_VAE_SITE}/element.js)
