// Trace events between their tables and trace_event.h. Not for users of the library.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "controller/trace_event.h"
#include "fbs/message_generated.h"

namespace sluice::controller {

inline std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

inline std::string TraceName(fbs::producer::TraceEventType type) {
  return LowerCase(fbs::producer::EnumNameTraceEventType(type));
}
inline std::string TraceName(fbs::consumer::TraceEventType type) {
  return LowerCase(fbs::consumer::EnumNameTraceEventType(type));
}
inline std::string TraceName(fbs::transport::TraceEventType type) {
  return LowerCase(fbs::transport::EnumNameTraceEventType(type));
}

// Names that there are not are passed over, as in the control protocol's other users.
template <class Type>
std::vector<Type> TraceTypesFromNames(const std::vector<std::string>& names) {
  std::vector<Type> result;
  for (int i = static_cast<int>(Type::MIN); i <= static_cast<int>(Type::MAX); ++i) {
    const Type type = static_cast<Type>(i);
    if (std::find(names.begin(), names.end(), TraceName(type)) != names.end()) result.push_back(type);
  }
  return result;
}

TraceEvent ReadTrace(const fbs::producer::TraceNotification& notification);
TraceEvent ReadTrace(const fbs::consumer::TraceNotification& notification);
TraceEvent ReadTrace(const fbs::transport::TraceNotification& notification);

}  // namespace sluice::controller
