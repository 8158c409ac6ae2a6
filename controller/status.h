// How the controller library answers. Every asynchronous call takes a callback that is called exactly once, from the
// loop, never from inside the call itself, and gets a value or one of these errors:
//
//   kInvalidArgument: a wrong parameter; the message begins with the field's path. kUnimplemented: not supported.
//   kFailedPrecondition: the object is closed, or the call does not fit its state.
//   kNotFound: a producer, router or transport that is not (any more) there.
//   kDeadlineExceeded: no answer within WorkerOptions::request_timeout; the call may still have taken effect.
//   kCancelled: the object was closed while the call was pending.
//   kResourceExhausted: more is sent than the worker reads.
//   kUnavailable: the worker process died, or could not be started.
//   kInternal: the worker refused for a reason of its own, or its answer could not be read.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace sluice::controller {

template <class T>
using Callback = absl::AnyInvocable<void(absl::StatusOr<T>)>;
using DoneCallback = absl::AnyInvocable<void(absl::Status)>;

// A settable event handler. It may close or let go of the object that calls it, or set itself anew. Handlers are
// dropped after `closed` was called, so capturing the object's own shared_ptr makes no lasting cycle.
template <class... Args>
using Handler = absl::AnyInvocable<void(Args...)>;

}  // namespace sluice::controller
