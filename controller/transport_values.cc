// The words of the enumerations of transports and of object.h.
#include "controller/webrtc_transport.h"

namespace sluice::controller {

std::string_view ToString(Protocol protocol) { return protocol == Protocol::kUdp ? "udp" : "tcp"; }

std::string_view ToString(TransportType type) {
  switch (type) {
    case TransportType::kWebRtc:
      return "webrtc";
    case TransportType::kPlain:
      return "plain";
    case TransportType::kPipe:
      return "pipe";
    case TransportType::kDirect:
      return "direct";
  }
  return "";
}

std::string_view ToString(DataType type) { return type == DataType::kSctp ? "sctp" : "direct"; }

std::string_view ToString(SctpState state) {
  switch (state) {
    case SctpState::kNew:
      return "new";
    case SctpState::kConnecting:
      return "connecting";
    case SctpState::kConnected:
      return "connected";
    case SctpState::kFailed:
      return "failed";
    case SctpState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(IceRole role) { return role == IceRole::kControlled ? "controlled" : "controlling"; }

std::string_view ToString(IceState state) {
  switch (state) {
    case IceState::kNew:
      return "new";
    case IceState::kConnected:
      return "connected";
    case IceState::kCompleted:
      return "completed";
    case IceState::kDisconnected:
      return "disconnected";
  }
  return "";
}

std::string_view ToString(DtlsState state) {
  switch (state) {
    case DtlsState::kNew:
      return "new";
    case DtlsState::kConnecting:
      return "connecting";
    case DtlsState::kConnected:
      return "connected";
    case DtlsState::kFailed:
      return "failed";
    case DtlsState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(DtlsRole role) {
  switch (role) {
    case DtlsRole::kAuto:
      return "auto";
    case DtlsRole::kClient:
      return "client";
    case DtlsRole::kServer:
      return "server";
  }
  return "";
}

std::string_view ToString(CloseReason reason) {
  switch (reason) {
    case CloseReason::kClosed:
      return "closed";
    case CloseReason::kParentClosed:
      return "parent closed";
    case CloseReason::kProducerClosed:
      return "producer closed";
    case CloseReason::kListenServerClosed:
      return "listen server closed";
    case CloseReason::kPipeClosed:
      return "pipe closed";
    case CloseReason::kWorkerDied:
      return "worker died";
  }
  return "";
}

}  // namespace sluice::controller
