#include "test/support/allocations/allocation_counter.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace sluice::test {
namespace {
std::atomic<uint64_t> count{0};
}  // namespace

uint64_t AllocationCount() { return count.load(std::memory_order_relaxed); }

static void* Allocate(size_t size, size_t alignment) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (size == 0) size = 1;
  void* at = alignment > alignof(std::max_align_t)
                 ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                 : std::malloc(size);
  if (!at) std::abort();
  return at;
}

}  // namespace sluice::test

void* operator new(size_t size) { return sluice::test::Allocate(size, 0); }
void* operator new[](size_t size) { return sluice::test::Allocate(size, 0); }
void* operator new(size_t size, std::align_val_t alignment) {
  return sluice::test::Allocate(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return sluice::test::Allocate(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return sluice::test::Allocate(size, 0); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return sluice::test::Allocate(size, 0); }
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, size_t) noexcept { std::free(at); }
void operator delete[](void* at, size_t) noexcept { std::free(at); }
void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, size_t, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, size_t, std::align_val_t) noexcept { std::free(at); }
