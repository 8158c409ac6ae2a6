// Counts the bytes that the process holds from malloc, exactly: mallinfo() takes what the allocator's per-thread caches
// keep for bytes in use. Sanitizers have an allocator of their own; with them the counts stay 0.
#include <atomic>
#include <cstddef>

#include "test/badinput/world.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLUICE_FOREIGN_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLUICE_FOREIGN_HEAP 1
#endif
#endif

namespace sluice::badinput {
namespace {
std::atomic<size_t> g_live{0};
std::atomic<uint64_t> g_allocations{0};
}  // namespace

size_t HeapBytes() { return g_live.load(std::memory_order_relaxed); }
uint64_t HeapAllocations() { return g_allocations.load(std::memory_order_relaxed); }

}  // namespace sluice::badinput

#ifndef SLUICE_FOREIGN_HEAP
#include <malloc.h>

#include <cerrno>

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* at, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* at);

static void* Counted(void* at) {
  sluice::badinput::g_live += malloc_usable_size(at);
  ++sluice::badinput::g_allocations;
  return at;
}

void* malloc(size_t size) { return Counted(__libc_malloc(size)); }
void* calloc(size_t count, size_t size) { return Counted(__libc_calloc(count, size)); }
void* memalign(size_t alignment, size_t size) { return Counted(__libc_memalign(alignment, size)); }
void* aligned_alloc(size_t alignment, size_t size) { return Counted(__libc_memalign(alignment, size)); }
int posix_memalign(void** out, size_t alignment, size_t size) {
  *out = Counted(__libc_memalign(alignment, size));
  return *out ? 0 : ENOMEM;
}
void free(void* at) {
  sluice::badinput::g_live -= malloc_usable_size(at);
  __libc_free(at);
}
void* realloc(void* at, size_t size) {
  const size_t before = malloc_usable_size(at);
  void* now = __libc_realloc(at, size);
  if (now || size == 0) {
    sluice::badinput::g_live -= before;
    Counted(now);
  }
  return now;
}

}  // extern "C"
#endif
