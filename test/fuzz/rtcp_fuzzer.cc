#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <type_traits>

#include "rtc/rtcp/compound.h"

// Whatever was understood can be written, and then reads as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::rtcp;
  ReadCompound(std::span(data, size), [](const auto& object) {
    using Object = std::decay_t<decltype(object)>;
    static std::array<uint8_t, 65536> out;
    CompoundWriter writer(out);
    if (!writer.Add(object)) std::abort();
    int same = 0;
    ReadCompound(writer.written(), [&](const Object& read) { same += read == object ? 1 : 0; });
    if (same != 1) std::abort();
  });
  return 0;
}
