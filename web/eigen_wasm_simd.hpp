// Makes Eigen 3.4.0 vectorize for WebAssembly; force-included (-include) into shared/sequential.cpp by web
// builds with -msimd128 -msse4.1, never by hand. Why so: Eigen knows no WebAssembly, but Emscripten maps SSE
// intrinsics to SIMD128. Two things stand in the way: Emscripten has no <mmintrin.h> (nothing of it is used),
// and Eigen's GCC branch holds x86 inline assembly, so Eigen must not take Clang for GCC in its packet code.
#pragma once

#if defined(__SSE4_1__) && __has_include(<Eigen/Version>)
#define EIGEN_DONT_VECTORIZE  // an Eigen after 3.4, where none of this was tried
#elif defined(__SSE4_1__)
#define __MMINTRIN_H  // found by the compiler's own <mmintrin.h>, which then stays empty
#include <Eigen/src/Core/util/Macros.h>
#undef EIGEN_COMP_GNUC
#define EIGEN_COMP_GNUC 0
#endif
