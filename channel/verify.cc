#include "channel/verify.h"

namespace sluice {
namespace {

using flatbuffers::Verifier;
namespace message = fbs::message;

// The same checks as the generated ones, without the body's union.
struct RequestEnvelope : private flatbuffers::Table {
  using Of = fbs::request::Request;
  bool Verify(Verifier& v) const {
    return VerifyTableStart(v) && VerifyField<uint32_t>(v, Of::VT_ID, 4) && VerifyField<uint8_t>(v, Of::VT_METHOD, 1) &&
           VerifyOffset(v, Of::VT_HANDLER_ID) &&
           v.VerifyString(GetPointer<const flatbuffers::String*>(Of::VT_HANDLER_ID)) && v.EndTable();
  }
};

struct ResponseEnvelope : private flatbuffers::Table {
  using Of = fbs::response::Response;
  bool Verify(Verifier& v) const {
    return VerifyTableStart(v) && VerifyField<uint32_t>(v, Of::VT_ID, 4) &&
           VerifyField<uint8_t>(v, Of::VT_ACCEPTED, 1) && VerifyOffset(v, Of::VT_ERROR) &&
           v.VerifyString(GetPointer<const flatbuffers::String*>(Of::VT_ERROR)) && VerifyOffset(v, Of::VT_REASON) &&
           v.VerifyString(GetPointer<const flatbuffers::String*>(Of::VT_REASON)) && v.EndTable();
  }
};

struct NotificationEnvelope : private flatbuffers::Table {
  using Of = fbs::notification::Notification;
  bool Verify(Verifier& v) const {
    return VerifyTableStart(v) && VerifyField<uint8_t>(v, Of::VT_EVENT, 1) && VerifyOffset(v, Of::VT_HANDLER_ID) &&
           v.VerifyString(GetPointer<const flatbuffers::String*>(Of::VT_HANDLER_ID)) && v.EndTable();
  }
};

struct MessageEnvelope : private flatbuffers::Table {
  using Of = message::Message;
  bool Verify(Verifier& v) const {
    return VerifyTableStart(v) && VerifyField<uint8_t>(v, Of::VT_DATA_TYPE, 1) && VerifyOffset(v, Of::VT_DATA) &&
           VerifyInner(v) && v.EndTable();
  }

 private:
  bool VerifyInner(Verifier& v) const {
    switch (static_cast<message::Body>(GetField<uint8_t>(Of::VT_DATA_TYPE, 0))) {
      case message::Body::Request:
        return Inner<RequestEnvelope>(v);
      case message::Body::Response:
        return Inner<ResponseEnvelope>(v);
      case message::Body::Notification:
        return Inner<NotificationEnvelope>(v);
      case message::Body::Log:
      case message::Body::NONE:
        return false;
    }
    return false;
  }
  template <class T>
  bool Inner(Verifier& v) const {
    const auto* table = GetPointer<const T*>(Of::VT_DATA);
    return table && table->Verify(v);
  }
};

}  // namespace

FrameState VerifyFrame(std::span<const uint8_t> frame) {
  Verifier whole(frame.data(), frame.size());
  // The generated verifier accepts union tags it does not know and absent values; neither is a message.
  if (whole.VerifySizePrefixedBuffer<message::Message>(nullptr)) {
    const message::Message& m = MessageOf(frame);
    const bool known = m.data_type() > message::Body::NONE && m.data_type() <= message::Body::MAX;
    return known && m.data() ? FrameState::kGood : FrameState::kUnreadable;
  }
  Verifier envelope(frame.data(), frame.size());
  return envelope.VerifySizePrefixedBuffer<MessageEnvelope>(nullptr) ? FrameState::kBadBody : FrameState::kUnreadable;
}

}  // namespace sluice
