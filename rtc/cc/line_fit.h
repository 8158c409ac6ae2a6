// The straight line through points (x, y) that least squares give: sums alone, no point is kept. In doubles: the caller
// counts x and y from somewhere near, so that their squares lose nothing.
#pragma once

namespace sluice {

class LineFit {
 public:
  void Add(double x, double y) {
    ++count_;
    x_ += x;
    y_ += y;
    xx_ += x * x;
    xy_ += x * y;
  }

  int count() const { return count_; }
  // How far the x lie apart: count() times the sum of the squares of their distances from the mean. What is near zero makes
  // no line; what is near depends on the units of x, so the caller judges it.
  double spread() const { return count_ * xx_ - x_ * x_; }
  // Of y by x. spread() must not be zero.
  double slope() const { return (count_ * xy_ - x_ * y_) / spread(); }
  // y where x is zero.
  double intercept() const { return (y_ - slope() * x_) / count_; }

 private:
  int count_ = 0;
  double x_ = 0, y_ = 0, xx_ = 0, xy_ = 0;
};

}  // namespace sluice
