// Receiver reports and REMB of a peer in any order, against the cap; and the layers that are chosen under it. The input is
// a list of steps.
//
// Whatever comes, the cap is at least its floor or REMB, and layers are among those that there are.
#include <algorithm>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/cc/layer_allocation.h"
#include "rtc/cc/report_cap.h"

namespace sluice {
namespace {

void Allocate(ByteReader& in, ReportCap& cap, Timestamp now) {
  std::vector<LayerDemand> demands(in.U8() % 8);
  for (LayerDemand& demand : demands) {
    demand.wanted = in.U8();
    demand.current = in.U8() == 0 ? kNoLayer : in.U8();
    demand.priority = in.U8();
    demand.may_starve = in.U8() & 1;
    for (int left = in.U8() % 10; left > 0; --left) {
      const DataRate now = DataRate::KilobitsPerSec(in.U16());
      demand.rates.push_back({now, DataRate::KilobitsPerSec(in.U16())});
    }
  }
  const DataRate rise = cap.cap().value_or(DataRate::KilobitsPerSec(in.U16()));
  const LayerBudget budget{.rise = rise,
                           .held = rise * (1 + in.U8() / 256.0),
                           .ceiling = DataRate::KilobitsPerSec(in.U16()),
                           .enough = DataRate::KilobitsPerSec(in.U16())};
  LayerAllocator allocator;
  const LayerAllocation& allocation = allocator.Allocate(demands, budget);
  SLUICE_CHECK(allocation.given.size() == demands.size());
  for (size_t i = 0; i < demands.size(); ++i) {
    const size_t given = allocation.given[i];
    if (given == kNoLayer) {
      SLUICE_CHECK(demands[i].may_starve);
    } else {
      SLUICE_CHECK(given <= demands[i].wanted && (given == 0 || given < demands[i].rates.size()));
    }
  }
  cap.OnAllocated(in.U8() & 1, in.U8() & 1, now);
}

void Run(std::span<const uint8_t> data) {
  ByteReader in(data);
  ReportCap cap;
  DataRate remb = DataRate::Infinite();
  Timestamp now = Timestamp::Seconds(1);
  while (in.ok() && in.left() > 0) {
    switch (in.U8() % 4) {
      case 0:
        now += TimeDelta::Micros(int64_t{in.U16()} << (in.U8() % 16));
        break;
      case 1:
        cap.OnLossReport(in.U8() / 256.0, DataRate::KilobitsPerSec(in.U16()), now);
        break;
      case 2:
        remb = DataRate::KilobitsPerSec(in.U16());
        cap.OnRemb(remb);
        break;
      case 3:
        Allocate(in, cap, now);
        break;
    }
    SLUICE_CHECK(!cap.cap() || *cap.cap() >= std::min(ReportCap::kFloor, remb));
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run({data, size});
  return 0;
}
