// Data producers and data consumers in the control protocol: stream parameters, sub-channels, dumps, statistics.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string_view>

#include "absl/status/statusor.h"
#include "fbs/data_generated.h"
#include "rtc/transport/transport.h"

namespace sluice::wire {

using Builder = flatbuffers::FlatBufferBuilder;

// Without `ordered` a stream is ordered unless a limit is given. InvalidArgument names the field.
absl::StatusOr<SctpStreamParameters> Decode(const fbs::sctp::StreamParameters* from);
SubchannelSet DecodeSubchannels(const flatbuffers::Vector<uint16_t>* from);

flatbuffers::Offset<fbs::data::ProducerDumpResponse> EncodeDataProducerDump(Builder& b, const DataProducer& of);
flatbuffers::Offset<fbs::data::ProducerGetStatsResponse> EncodeDataProducerStats(Builder& b, const DataProducer& of,
                                                                                 Timestamp now);
flatbuffers::Offset<fbs::data::ConsumerDumpResponse> EncodeDataConsumerDump(Builder& b, const DataConsumer& of);
flatbuffers::Offset<fbs::data::ConsumerGetStatsResponse> EncodeDataConsumerStats(Builder& b, const DataConsumer& of,
                                                                                 Timestamp now);

}  // namespace sluice::wire
