// malloc, aligned_alloc and free of the headless module: a list of free blocks in the order of their
// addresses, first fit, neighbors joined (Kernighan and Ritchie 1988, section 8.7). Why not Emscripten's:
// that is three times as large, and what an element downloads has a limit. One thread; blocks are few and
// long-lived.
#include <cstddef>
#include <cstdint>

extern "C" std::byte __heap_base;  // where the linker's own data ends

namespace {

struct alignas(16) Block {
  Block* next;       // the free one after it, while it is free
  std::size_t size;  // bytes, this header included
};

constexpr std::size_t kPage = std::size_t{64} << 10;  // by which WebAssembly's memory grows
Block* first = nullptr;

Block* at(std::size_t address) { return reinterpret_cast<Block*>(address); }
std::size_t address_of(const Block* block) { return reinterpret_cast<std::size_t>(block); }

void join_with_next(Block* block) {
  if (block->next != at(address_of(block) + block->size)) return;
  block->size += block->next->size;
  block->next = block->next->next;
}

void put_back(Block* block) {
  Block *before = nullptr, *after = first;
  while (after != nullptr && after < block) before = after, after = after->next;
  block->next = after;
  (before != nullptr ? before->next : first) = block;
  join_with_next(block);
  if (before != nullptr) join_with_next(before);
}

/// Takes `size` bytes at a multiple of `alignment` off the end of the first free block that has them; null if
/// none has.
void* take(std::size_t alignment, std::size_t size) {
  for (Block** link = &first; *link != nullptr; link = &(*link)->next) {
    Block* const block = *link;
    const std::size_t end = address_of(block) + block->size;
    if (block->size < size) continue;
    const std::size_t start = ((end - size) & -alignment) - sizeof(Block);
    if (start < address_of(block)) continue;
    block->size = start - address_of(block);
    if (block->size == 0) *link = block->next;
    at(start)->size = end - start;
    return at(start) + 1;
  }
  return nullptr;
}

/// Adds memory for `size` bytes, and what the module began with if that was not used yet.
bool grow(std::size_t size) {
  static bool begun = false;
  const std::size_t end = __builtin_wasm_memory_size(0) * kPage;
  std::size_t start = end;
  if (!begun) {
    begun = true;
    start = (reinterpret_cast<std::size_t>(&__heap_base) + 15) / 16 * 16;
  } else if (__builtin_wasm_memory_grow(0, (size + kPage - 1) / kPage) == SIZE_MAX) {
    return false;
  }
  Block* const block = at(start);
  block->size = __builtin_wasm_memory_size(0) * kPage - start;
  put_back(block);
  return true;
}

}  // namespace

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) {
  if (size > PTRDIFF_MAX) return nullptr;
  do {
    if (void* const p = take(alignment, size)) return p;
  } while (grow(size + alignment + sizeof(Block)));
  return nullptr;
}

extern "C" void* malloc(std::size_t size) { return aligned_alloc(alignof(Block), size); }

extern "C" void free(void* p) {
  if (p != nullptr) put_back(static_cast<Block*>(p) - 1);
}
