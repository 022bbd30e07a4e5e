# The lab: one program for a desktop window (build/native/lab) and for the page (build/web/lab.js, lab.wasm).
# Dear ImGui comes from its own sources, which .ci/install fetches; IMGUI_DIR names another checkout.
set(IMGUI_DIR "$ENV{IMGUI_DIR}" CACHE PATH "Dear ImGui's sources (1.90 was tried)")
if(NOT IMGUI_DIR)
  set(IMGUI_DIR ${PROJECT_SOURCE_DIR}/build/third_party/imgui)
endif()
if(NOT EXISTS ${IMGUI_DIR}/imgui.cpp)
  message(FATAL_ERROR "There is no Dear ImGui in ${IMGUI_DIR}. Run .ci/install web, or set IMGUI_DIR.")
endif()

# Without its default font, which weighs as much as both of ours (newer versions have an option for that).
file(READ ${IMGUI_DIR}/imgui_draw.cpp imgui_draw)
string(FIND "${imgui_draw}" "static const char proggy_clean_ttf_compressed_data_base85[" from)
if(from GREATER 0)
  string(SUBSTRING "${imgui_draw}" ${from} -1 font)
  string(FIND "${font}" "\";\n" length)
  math(EXPR to "${from} + ${length} + 2")
  string(SUBSTRING "${imgui_draw}" 0 ${from} before)
  string(SUBSTRING "${imgui_draw}" ${to} -1 after)
  set(empty "static const char proggy_clean_ttf_compressed_data_base85[] = \"\";")
  set(imgui_draw "${before}${empty}${after}")
endif()
file(CONFIGURE OUTPUT imgui_draw.cpp CONTENT "${imgui_draw}" @ONLY)

add_library(imgui STATIC ${IMGUI_DIR}/imgui.cpp ${CMAKE_CURRENT_BINARY_DIR}/imgui_draw.cpp
  ${IMGUI_DIR}/imgui_tables.cpp ${IMGUI_DIR}/imgui_widgets.cpp
  ${IMGUI_DIR}/backends/imgui_impl_opengl3.cpp imgui_format.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${IMGUI_DIR} ${IMGUI_DIR}/backends)
target_include_directories(imgui PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(imgui PUBLIC IMGUI_USER_CONFIG="web/imgui_config.h")
target_compile_options(imgui PRIVATE -w)

# Inter, subset and made into C++ arrays.
set(inter_dir /usr/share/fonts/opentype/inter CACHE PATH "Folder with Inter-Regular.otf and Inter-SemiBold.otf")
find_program(PYTHON_WITH_FONTTOOLS python3 PATHS /usr/bin NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
set(labels "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,=-")
add_custom_command(OUTPUT lab_font.cpp
  COMMAND ${PYTHON_WITH_FONTTOOLS} ${CMAKE_CURRENT_SOURCE_DIR}/font.py lab_font.cpp
    kFontRegular=${inter_dir}/Inter-Regular.otf kFontSemiBold=${inter_dir}/Inter-SemiBold.otf:${labels}
  DEPENDS font.py VERBATIM)

add_library(lab_app OBJECT main.cpp lab.cpp lab_draw.cpp lab_hooks.cpp lab_latents.cpp lab_morph.cpp
  lab_samples.cpp lab_theme.cpp lab_widgets.cpp ${CMAKE_CURRENT_BINARY_DIR}/lab_font.cpp)
target_link_libraries(lab_app PRIVATE imgui vae_warnings)
target_compile_options(lab_app PRIVATE -fno-exceptions -fno-rtti)

if(NOT EMSCRIPTEN)
  find_package(glfw3 3.3 REQUIRED)
  find_package(OpenGL REQUIRED)
  find_package(PNG REQUIRED)
  add_executable(lab desktop.cpp)
  target_link_libraries(lab_app PRIVATE glfw)
  target_link_libraries(lab PRIVATE lab_app imgui vae_core vae_warnings glfw OpenGL::GL PNG::PNG)
  target_compile_options(lab PRIVATE -fno-exceptions -fno-rtti)
  target_link_libraries(imgui PRIVATE ${CMAKE_DL_LIBS})
  return()
endif()

# What a visitor downloads before the weights: at most 200 KB with gzip. So everything is built for size but the
# core's kernels, which are built for speed: lab.js has them with SIMD, lab-scalar.js for browsers without it.
get_target_property(core_sources vae_core SOURCES)
list(REMOVE_ITEM core_sources sequential.cpp)
list(TRANSFORM core_sources PREPEND ${PROJECT_SOURCE_DIR}/shared/)
get_target_property(core_includes vae_core INCLUDE_DIRECTORIES)
add_library(lab_core STATIC ${core_sources})
add_library(lab_kernels OBJECT ${PROJECT_SOURCE_DIR}/shared/sequential.cpp)
target_compile_options(lab_kernels PRIVATE -O2 -msimd128 -msse4.1
  -include ${CMAKE_CURRENT_SOURCE_DIR}/eigen_wasm_simd.hpp)
add_library(lab_kernels_scalar OBJECT ${PROJECT_SOURCE_DIR}/shared/sequential.cpp)
target_compile_options(lab_kernels_scalar PRIVATE -O2)
foreach(target lab_core lab_kernels lab_kernels_scalar)
  target_include_directories(${target} SYSTEM PRIVATE ${core_includes})
endforeach()
foreach(target lab_core imgui lab_app)
  target_compile_options(${target} PRIVATE -Oz)
endforeach()
foreach(target lab_core lab_kernels lab_kernels_scalar imgui lab_app)
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -ffp-contract=off)
endforeach()
target_compile_definitions(imgui PRIVATE IMGUI_WITHOUT_STDIO)
target_sources(lab_app PRIVATE browser.cpp)

# MINIMAL_RUNTIME does not link with GLFW. The largest weights (64 MiB of int8) take some 350 MiB while they load.
function(lab_module name kernels)
  add_executable(${name} $<TARGET_OBJECTS:lab_app> $<TARGET_OBJECTS:${kernels}>)
  target_link_libraries(${name} PRIVATE imgui lab_core)
  target_link_options(${name} PRIVATE -O2 -sUSE_GLFW=3 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 -sMODULARIZE
    -sEXPORT_ES6 -sEXPORT_NAME=createLab -sENVIRONMENT=web -sFILESYSTEM=0 -sMALLOC=emmalloc -sDYNAMIC_EXECUTION=0
    -sTOTAL_STACK=1MB -sINITIAL_MEMORY=16MB -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=1GB
    -sEXPORTED_FUNCTIONS=_main,_malloc,_free
    -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,HEAPU8,HEAPF32
    --js-library ${CMAKE_CURRENT_SOURCE_DIR}/glfw_manners.js)
  set_target_properties(${name} PROPERTIES SUFFIX .js RUNTIME_OUTPUT_DIRECTORY ${DIGIT_VAE_SITE}
    LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/glfw_manners.js)
endfunction()
lab_module(lab lab_kernels)
lab_module(lab-scalar lab_kernels_scalar)

# The page around it, and the weights it loads.
foreach(file index.html index.css index.js ../assets/weights.bin)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    get_filename_component(name ${file} NAME)
    add_custom_command(OUTPUT ${DIGIT_VAE_SITE}/${name}
      COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${DIGIT_VAE_SITE}/${name}
      DEPENDS ${file} VERBATIM)
    list(APPEND lab_page ${DIGIT_VAE_SITE}/${name})
  endif()
endforeach()
add_custom_target(lab_page ALL DEPENDS ${lab_page})
