// Signalling messages from a page: what is read is well-formed, what is not is answered; both can be written again.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "conference/messages.h"
#include "conference/names.h"
#include "rtc/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::conference;
  const auto result = ParseRequest({reinterpret_cast<const char*>(data), size});
  if (const auto* rejected = std::get_if<Rejected>(&result)) {
    SLUICE_CHECK(!ErrorAnswer(rejected->id, rejected->error).dump().empty());
    return 0;
  }
  const auto& request = std::get<Request>(result);
  if (const auto* join = std::get_if<JoinRequest>(&request.body)) {
    SLUICE_CHECK(IsRoomName(join->room));
    SLUICE_CHECK(CleanPeerName(join->name) == join->name);
  }
  return 0;
}
