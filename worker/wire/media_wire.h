// Producers and consumers in the control protocol: dumps, statistics, scores, layers.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "fbs/consumer_generated.h"
#include "fbs/producer_generated.h"
#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"

namespace sluice::wire {

using Builder = flatbuffers::FlatBufferBuilder;

flatbuffers::Offset<fbs::producer::DumpResponse> EncodeProducerDump(Builder& b, const Producer& of);
flatbuffers::Offset<fbs::producer::GetStatsResponse> EncodeProducerStats(Builder& b, const Producer& of, Timestamp now);
flatbuffers::Offset<fbs::consumer::DumpResponse> EncodeConsumerDump(Builder& b, const Consumer& of);
// The outgoing streams, and then the producer's stream that is being forwarded.
flatbuffers::Offset<fbs::consumer::GetStatsResponse> EncodeConsumerStats(Builder& b, const Consumer& of, Timestamp now);

fbs::consumer::ScoreT ToWire(const ConsumerScore& from);
fbs::consumer::LayersT ToWire(const ConsumerLayers& from);
// An absent temporal layer means the highest.
ConsumerLayers FromWire(const fbs::consumer::Layers& from);

fbs::producer::TraceEventType ProducerTraceToWire(TraceKind kind);
fbs::consumer::TraceEventType ConsumerTraceToWire(TraceKind kind);
// Unknown ones are left out.
std::vector<TraceKind> FromWire(const flatbuffers::Vector<fbs::producer::TraceEventType>* from);
std::vector<TraceKind> FromWire(const flatbuffers::Vector<fbs::consumer::TraceEventType>* from);

}  // namespace sluice::wire
