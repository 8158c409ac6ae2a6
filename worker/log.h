// Log lines to the controller, over the control pipe: it prints or drops them. Errors and warnings by level; debug
// lines only for tags that are switched on. Before the pipe is there, and when it is gone, nothing is logged.
//
// Lines are at most kMaxLine bytes, the rest is cut off. When the pipe is full they are dropped, as they are droppable.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "channel/channel.h"
#include "worker/settings.h"

namespace sluice {

class Log {
 public:
  static constexpr size_t kMaxLine = 4096;

  void Attach(Channel* channel) { channel_ = channel; }
  void SetLevel(LogLevel level) { level_ = level; }
  void SetTags(std::vector<std::string> tags) { tags_ = std::move(tags); }

  // Whether any debug line may be wanted: to spare the work of making them.
  bool debugs() const { return level_ >= LogLevel::kDebug && !tags_.empty(); }

  template <class... Args>
  void Error(fmt::format_string<Args...> format, Args&&... args) {
    if (level_ >= LogLevel::kError) Send('E', fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void Warn(fmt::format_string<Args...> format, Args&&... args) {
    if (level_ >= LogLevel::kWarn) Send('W', fmt::format(format, std::forward<Args>(args)...));
  }
  // `tag` as in WorkerSettings.logTags: info, ice, dtls, rtp, rtcp ...
  template <class... Args>
  void Debug(std::string_view tag, fmt::format_string<Args...> format, Args&&... args) {
    if (level_ >= LogLevel::kDebug && HasTag(tag)) Send('D', fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  bool HasTag(std::string_view tag) const;
  void Send(char level, std::string_view line);

  Channel* channel_ = nullptr;
  LogLevel level_ = LogLevel::kError;
  std::vector<std::string> tags_;
};

}  // namespace sluice
