# The lab: one program for a desktop window (build/native/lab) and for the page (build/web/lab.js, lab.wasm).
# Dear ImGui is compiled from its own sources: a checkout that IMGUI_DIR names, what .ci/install fetched, or else its
# repository. The lab builds with 1.90.1 to 1.91.9b; 1.92 has another font atlas.
set(IMGUI_DIR "$ENV{IMGUI_DIR}" CACHE PATH "Dear ImGui's sources, 1.90.1 to 1.91.9b")
if(IMGUI_DIR)
  get_filename_component(IMGUI_DIR ${IMGUI_DIR} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
endif()
if(NOT IMGUI_DIR AND EXISTS ${DIGIT_VAE_THIRD_PARTY}/imgui/imgui.cpp)
  set(IMGUI_DIR ${DIGIT_VAE_THIRD_PARTY}/imgui)
elseif(NOT IMGUI_DIR)
  FetchContent_Declare(imgui GIT_REPOSITORY https://github.com/ocornut/imgui.git
    GIT_TAG f5befd2d29e66809cd1110a152e375a7f1981f06)  # 1.91.9b
  FetchContent_MakeAvailable(imgui)
  set(IMGUI_DIR ${imgui_SOURCE_DIR})
endif()
if(NOT EXISTS ${IMGUI_DIR}/imgui.cpp)
  message(FATAL_ERROR "There is no Dear ImGui in ${IMGUI_DIR}, which IMGUI_DIR names.")
endif()
file(STRINGS ${IMGUI_DIR}/imgui.h imgui_version REGEX "^#define IMGUI_VERSION_NUM")
if(NOT imgui_version MATCHES "190[1-9]|191[0-9]")
  message(FATAL_ERROR "The Dear ImGui in ${IMGUI_DIR} is neither 1.90.1 to 1.90.9 nor 1.91; unset IMGUI_DIR, or name another.")
endif()

add_library(imgui STATIC ${IMGUI_DIR}/imgui.cpp ${IMGUI_DIR}/imgui_draw.cpp ${IMGUI_DIR}/imgui_tables.cpp
  ${IMGUI_DIR}/imgui_widgets.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${IMGUI_DIR})
target_compile_options(imgui PRIVATE -w)

# What the lab is without its looks: its state, pictures and models, the texts of strings.json as code (a window has the
# Chinese ones inside, the page fetches them), and what is known of the models in assets/.
set(texts ${CMAKE_CURRENT_SOURCE_DIR}/strings.json)
set(lab_texts lab_texts.hpp)
if(NOT EMSCRIPTEN)
  list(APPEND lab_texts lab_texts_zh.cpp)
endif()
add_custom_command(OUTPUT ${lab_texts}
  COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tools/strings.py ${texts} ${lab_texts}
  DEPENDS tools/strings.py ${texts} VERBATIM)
file(GLOB assets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/assets/*.bin)
add_custom_command(OUTPUT lab_models.cpp
  COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tools/models.py ${PROJECT_SOURCE_DIR}/assets lab_models.cpp
  DEPENDS tools/models.py ${assets} VERBATIM)
add_library(lab_data STATIC lab/state/gallery.cpp lab/state/strokes.cpp lab/state/lab.cpp lab/state/lab_files.cpp
  lab/state/link.cpp lab/state/model_graph.cpp lab/state/numbers.cpp lab/state/encoding_cost.cpp lab/ui/strings.cpp
  ${lab_texts} ${CMAKE_CURRENT_BINARY_DIR}/lab_models.cpp)
target_include_directories(lab_data PUBLIC ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(lab_data PRIVATE vae_warnings)
target_compile_options(lab_data PRIVATE -fno-exceptions -fno-rtti)

file(GLOB_RECURSE lab_app CONFIGURE_DEPENDS lab/ui/*.cpp lab/views/*.cpp lab/shell/*.cpp)
list(REMOVE_ITEM lab_app ${CMAKE_CURRENT_SOURCE_DIR}/lab/ui/strings.cpp)  # lab_data has it
add_library(lab_app OBJECT host/main.cpp host/window.cpp lab/state/map_plane.cpp ${lab_app})
target_link_libraries(lab_app PRIVATE imgui lab_data vae_warnings)
target_compile_options(lab_app PRIVATE -fno-exceptions -fno-rtti)

if(NOT EMSCRIPTEN)
  find_package(glfw3 3.3 REQUIRED)
  find_package(OpenGL REQUIRED)
  find_package(PNG REQUIRED)
  # Inter and a font with Chinese: subset, and made into C++ arrays. Debian's packages, or what .ci/install fetched.
  set(font_folders /usr/share/fonts/opentype/inter /usr/share/fonts/truetype/wqy ${DIGIT_VAE_THIRD_PARTY}/fonts)
  find_file(INTER_REGULAR NAMES Inter-Regular.otf Inter-Regular.woff2 PATHS ${font_folders} NO_DEFAULT_PATH REQUIRED)
  find_file(INTER_SEMIBOLD NAMES Inter-SemiBold.otf Inter-SemiBold.woff2 PATHS ${font_folders} NO_DEFAULT_PATH REQUIRED)
  find_file(CHINESE_FONT NAMES wqy-microhei.ttc NotoSansSC-Regular.woff PATHS ${font_folders} NO_DEFAULT_PATH REQUIRED)
  # The first Python that has fontTools: the PATH's, Debian's own (whose packages another one does not see), ours.
  set(modules fontTools.subset)
  if(INTER_REGULAR MATCHES "woff2$")
    string(APPEND modules ",brotli")
  endif()
  foreach(python ${PYTHON} /usr/bin/python3 ${DIGIT_VAE_THIRD_PARTY}/python/bin/python)
    execute_process(COMMAND ${python} -c "import ${modules}" RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
    if(missing STREQUAL 0)
      set(PYTHON_WITH_FONTTOOLS ${python} CACHE INTERNAL "A Python with fontTools")
      break()
    endif()
  endforeach()
  if(NOT PYTHON_WITH_FONTTOOLS)
    message(FATAL_ERROR "No python3 here has fontTools. Run .ci/install native, or pip install fonttools[woff].")
  endif()
  add_custom_command(OUTPUT lab_font.cpp
    COMMAND ${PYTHON_WITH_FONTTOOLS} ${CMAKE_CURRENT_SOURCE_DIR}/lab/ui/font.py ${texts} lab_font.cpp
      kFontRegular=${INTER_REGULAR} kFontSemiBold=${INTER_SEMIBOLD} kFontChinese=${CHINESE_FONT}
    DEPENDS lab/ui/font.py ${texts} VERBATIM)
  add_executable(lab host/desktop.cpp host/desktop_font.cpp lab_font.cpp)
  target_link_libraries(lab_app PRIVATE glfw)
  target_link_libraries(lab PRIVATE lab_app imgui lab_data vae_core vae_warnings glfw OpenGL::GL PNG::PNG)
  target_compile_options(lab PRIVATE -fno-exceptions -fno-rtti)
  return()
endif()

# What a visitor waits for before the weights, so everything is built for size but the core's kernels, which are built for
# speed: lab.js has them with SIMD, lab-scalar.js for browsers without it.
add_library(lab_core STATIC ${core_sources})
add_library(lab_kernels OBJECT ${kernels})
target_compile_options(lab_kernels PRIVATE -O2 -fno-unroll-loops ${simd_flags})
add_library(lab_kernels_scalar OBJECT ${kernels})
target_compile_options(lab_kernels_scalar PRIVATE -O2 -fno-unroll-loops)
foreach(target lab_core lab_kernels lab_kernels_scalar)
  target_include_directories(${target} SYSTEM PRIVATE ${core_includes})
  target_link_libraries(${target} PRIVATE vae_warnings)
endforeach()
foreach(target lab_core imgui lab_app lab_data)
  target_compile_options(${target} PRIVATE -Oz)
endforeach()
foreach(target lab_core lab_kernels lab_kernels_scalar imgui lab_app lab_data)
  target_compile_options(${target} PRIVATE -flto -fno-exceptions -fno-rtti -ffp-contract=off)
endforeach()
target_sources(lab_app PRIVATE host/aligned_alloc.cpp host/browser.cpp host/browser_font.cpp)

# Scripts and style sheets go out without comments and long names.
find_program(ESBUILD esbuild PATHS ${PROJECT_SOURCE_DIR}/node_modules/.bin REQUIRED NO_CMAKE_FIND_ROOT_PATH)
set(minify ${ESBUILD} --minify --charset=utf8 --log-level=warning --target=chrome91,firefox90,safari16.4)

# MINIMAL_RUNTIME does not link with GLFW. The largest weights (64 MiB of int8 convolutions) take some 350 MiB while they
# load. Memory grows by what is needed, not by a fifth of what there is.
function(lab_module name kernels)
  add_executable(${name} $<TARGET_OBJECTS:lab_app> $<TARGET_OBJECTS:${kernels}>)
  target_link_libraries(${name} PRIVATE imgui lab_core lab_data)
  target_link_options(${name} PRIVATE -Oz -flto -sBINARYEN_EXTRA_PASSES=--converge
    -sUSE_GLFW=3 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 -sGL_SUPPORT_AUTOMATIC_ENABLE_EXTENSIONS=0 -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createLab -sENVIRONMENT=web -sFILESYSTEM=0 -sMALLOC=emmalloc -sDYNAMIC_EXECUTION=0
    -sTOTAL_STACK=1MB -sINITIAL_MEMORY=16MB -sALLOW_MEMORY_GROWTH -sMEMORY_GROWTH_LINEAR_STEP=1MB -sMAXIMUM_MEMORY=1GB
    -sEXPORTED_FUNCTIONS=_main,_malloc,_free
    -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,HEAPU8,HEAPF32
    --js-library=${CMAKE_CURRENT_SOURCE_DIR}/host/glfw_manners.js --js-library=${CMAKE_CURRENT_SOURCE_DIR}/host/browser_font.js)
  shrink(${name})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${minify} --allow-overwrite --outfile=$<TARGET_FILE:${name}> $<TARGET_FILE:${name}> VERBATIM)
  set_target_properties(${name} PROPERTIES SUFFIX .js RUNTIME_OUTPUT_DIRECTORY ${DIGIT_VAE_SITE}
    LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/host/glfw_manners.js;${CMAKE_CURRENT_SOURCE_DIR}/host/browser_font.js")
endfunction()
lab_module(lab lab_kernels)
lab_module(lab-scalar lab_kernels_scalar)

# The page around it with its texts, the lab's in Chinese, and the models.
file(GLOB page CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/page/*)
foreach(file ${page} ${assets} ${CMAKE_CURRENT_SOURCE_DIR}/download.js)
  get_filename_component(name ${file} NAME)
  set(to ${DIGIT_VAE_SITE}/${name})
  if(name MATCHES "\\.(js|css)$")
    add_custom_command(OUTPUT ${to} COMMAND ${minify} --outfile=${to} ${file} DEPENDS ${file} VERBATIM)
  elseif(name STREQUAL "index.html")
    configure_file(${file} ${to} @ONLY)  # it says which version it is
  else()
    add_custom_command(OUTPUT ${to} COMMAND ${CMAKE_COMMAND} -E copy ${file} ${to} DEPENDS ${file} VERBATIM)
  endif()
  list(APPEND lab_page ${to})
endforeach()
set(page_texts ${DIGIT_VAE_SITE}/strings.js ${DIGIT_VAE_SITE}/zh.txt)
add_custom_command(OUTPUT ${page_texts}
  COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tools/strings.py ${texts} ${page_texts}
  DEPENDS tools/strings.py ${texts} VERBATIM)
licenses(${DIGIT_VAE_SITE}/licenses.txt ${core_licenses} "Dear ImGui=${IMGUI_DIR}/LICENSE.txt")
add_custom_target(lab_page ALL DEPENDS ${lab_page} ${page_texts} ${DIGIT_VAE_SITE}/licenses.txt)
