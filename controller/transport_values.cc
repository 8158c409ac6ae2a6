// The words of transport.h's and object.h's enumerations.
#include "controller/transport.h"

namespace sluice::controller {

std::string_view ToString(Protocol protocol) { return protocol == Protocol::kUdp ? "udp" : "tcp"; }

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
    case CloseReason::kWorkerDied:
      return "worker died";
  }
  return "";
}

}  // namespace sluice::controller
