// Elements in the order in which they came, each added and removed in constant time by the address it goes by: of the
// thousands of consumers that a producer may have, each can leave without a search. Walking over it costs what a list
// costs. Elements do not move. The bound is whoever adds.
#pragma once

#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace sluice {

template <class Key, class Element>
class Roster {
 public:
  using value_type = Element;
  using iterator = typename std::list<Element>::iterator;
  using const_iterator = typename std::list<Element>::const_iterator;

  // `key` must not be there yet.
  Element& Add(const Key& key, Element element) {
    const auto at = order_.insert(order_.end(), std::move(element));
    places_[&key] = at;
    return *at;
  }
  bool Remove(const Key& key) {
    const auto place = places_.find(&key);
    if (place == places_.end()) return false;
    // The element goes last: destroying it may be what ends the key.
    const auto at = place->second;
    places_.erase(place);
    order_.erase(at);
    return true;
  }

  iterator begin() { return order_.begin(); }
  iterator end() { return order_.end(); }
  const_iterator begin() const { return order_.begin(); }
  const_iterator end() const { return order_.end(); }
  bool empty() const { return order_.empty(); }
  size_t size() const { return order_.size(); }
  const Element& front() const { return order_.front(); }
  const Element& back() const { return order_.back(); }

 private:
  std::list<Element> order_;
  absl::flat_hash_map<const Key*, iterator> places_;
};

}  // namespace sluice
