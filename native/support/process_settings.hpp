// Settings of the whole process, made once before training.
#pragma once

namespace vae {

/// Sets the number of threads (at least 1) of LibTorch, and of OpenBLAS where LibTorch uses it. Results
/// depend on both to the last bit.
void set_threads(int threads);

/// Lets a GPU round the factors of products and convolutions to TensorFloat-32, with 10 bits after the point
/// instead of 23; LibTorch by itself does so in convolutions.
void set_tf32(bool allowed);

/// Keeps freed memory in the process. Each step allocates the same tensors again; fresh from the kernel, all
/// of their pages would have to be cleared and mapped.
void keep_freed_memory();

}  // namespace vae
