#include "rtc/rtcp/report_block.h"

#include <algorithm>

namespace sluice::rtcp {

ReportBlock ReportBlock::Read(ByteReader& in) {
  ReportBlock block;
  block.source = Ssrc(in.U32());
  block.fraction_lost = in.U8();
  block.cumulative_lost = static_cast<int32_t>(in.U24() << 8) >> 8;
  block.extended_highest_seq = in.U32();
  block.jitter = in.U32();
  block.last_sr = in.U32();
  block.delay_since_last_sr = in.U32();
  return block;
}

void ReportBlock::Write(ByteWriter& out) const {
  out.U32(source.value());
  out.U8(fraction_lost);
  out.U24(static_cast<uint32_t>(std::clamp(cumulative_lost, -0x800000, 0x7FFFFF)) & 0xFFFFFF);
  out.U32(extended_highest_seq);
  out.U32(jitter);
  out.U32(last_sr);
  out.U32(delay_since_last_sr);
}

}  // namespace sluice::rtcp
