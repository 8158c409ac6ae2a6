// A libuv loop for tests: runs until something is so, and fails instead of hanging.
#pragma once

#include <gtest/gtest.h>
#include <uv.h>

#include <functional>

namespace sluice::controller {

class Loop {
 public:
  Loop() { EXPECT_EQ(uv_loop_init(&loop_), 0); }
  // Everything that was made on the loop is gone by now; libuv still frees what was closed.
  ~Loop() {
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }
  uv_loop_t* get() { return &loop_; }

  // False after 10 s.
  bool RunUntil(const std::function<bool()>& so) {
    bool expired = false;
    uv_timer_t guard;
    uv_timer_init(&loop_, &guard);
    guard.data = &expired;
    uv_timer_start(
        &guard, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, 10'000, 0);
    while (!expired && !so()) uv_run(&loop_, UV_RUN_ONCE);
    uv_close(reinterpret_cast<uv_handle_t*>(&guard), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
    return so();
  }
  // Until nothing is left to do at once.
  void Settle() {
    for (int i = 0; i < 20; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
  }

 private:
  uv_loop_t loop_;
};

}  // namespace sluice::controller
