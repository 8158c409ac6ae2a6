#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/stun/message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = sluice::stun::Message::Parse(std::span(data, size));
  if (!message) return 0;
  message->VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBt");
  if (message->xor_mapped_address()) message->xor_mapped_address()->ToString();
  // Views must lie inside the datagram: touch their last byte.
  volatile char sink = message->username().empty() ? '\0' : message->username().back();
  static_cast<void>(sink);
  return 0;
}
