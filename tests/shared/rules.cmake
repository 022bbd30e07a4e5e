# The house rules that a compiler does not check. Run with cmake -P.
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(broken "")

# forbid(<rule> <regex> <files...>): no line of the files, comments left out, matches.
function(forbid rule regex)
  foreach(file ${ARGN})
    file(STRINGS ${root}/${file} lines)
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "//.*" "" code "${line}")
      if(code MATCHES "${regex}")
        set(broken "${broken}\n  ${file}: ${rule}: ${line}" PARENT_SCOPE)
      endif()
    endforeach()
  endforeach()
endfunction()

file(GLOB shared RELATIVE ${root} ${root}/shared/*.hpp ${root}/shared/*.cpp)
file(GLOB shared_headers RELATIVE ${root} ${root}/shared/*.hpp)
file(GLOB native RELATIVE ${root} ${root}/native/*.hpp ${root}/native/*.cpp)
file(GLOB web RELATIVE ${root} ${root}/web/*.hpp ${root}/web/*.cpp)
if(NOT shared OR NOT native OR NOT web)
  message(FATAL_ERROR "the rules look in the wrong place: ${root}")
endif()

forbid("shared includes only the standard library, Eigen and itself"
  "#include *[<\"](torch|imgui|GLFW|GL|emscripten|zlib|png|openssl|CLI|native|web|tests)" ${shared})
forbid("shared has no I/O and no printing" "#include *<(iostream|fstream|cstdio|stdio.h|filesystem|print)>|printf *\\("
  ${shared})
forbid("shared has no clock" "#include *<(chrono|ctime|time.h)>" ${shared})
forbid("shared does not throw" "(^|[^a-z_])(throw|try|catch)([^a-z_]|$)" ${shared})
forbid("shared has no platform #ifdef" "# *(if|ifdef|ifndef|elif)([^a-z]|$)" ${shared})
forbid("Eigen stays inside .cpp files" "#include *[<\"]Eigen" ${shared_headers})
forbid("nothing includes tests or the other side" "#include *[<\"](web|tests)" ${native})
forbid("nothing includes tests or the other side" "#include *[<\"](native|tests|torch)" ${web})
list(REMOVE_ITEM web web/main.cpp)
forbid("Emscripten only in web/main.cpp" "__EMSCRIPTEN__" ${web} ${native})

if(broken)
  message(FATAL_ERROR "broken rules:${broken}")
endif()
