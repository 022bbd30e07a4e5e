// aligned_alloc of the page, in place of emmalloc's: that extends the heap by `size` alone and, where no
// aligned place is in that, by as much again, which for the largest model is 10 MB.
#include <cstddef>
#include <cstdlib>

extern "C" void* emscripten_builtin_memalign(std::size_t alignment, std::size_t size);

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) {
  void* volatile const room = std::malloc(size + alignment);  // volatile: clang would leave both calls out
  std::free(room);
  return emscripten_builtin_memalign(alignment, size);
}
