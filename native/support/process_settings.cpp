#include "native/support/process_settings.hpp"

#include <dlfcn.h>
#include <torch/torch.h>

#include <limits>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace vae {

void set_threads(int threads) {
  torch::set_num_threads(threads);
  if (void* openblas = dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(openblas)(threads);
}

void set_tf32(bool allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed);
  at::globalContext().setAllowTF32CuDNN(allowed);
}

void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace vae
