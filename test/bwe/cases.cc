#include "test/bwe/cases.h"

namespace sluice::bwe {

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    AddStandardCases(all);
    AddReferenceCases(all);
    AddHarshCases(all);
    return all;
  }();
  return cases;
}

std::string NameOf(SourceKind kind) { return kind == SourceKind::kAdaptive ? "adaptive" : "simulcast"; }

}  // namespace sluice::bwe
