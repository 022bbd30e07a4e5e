// See pointer.hpp.
#include "web/lab/ui/pointer.hpp"

#include <cmath>

namespace lab {
namespace {

constexpr double kDoubleClick = 0.3;  // seconds

}  // namespace

void Pointer::move(float x, float y) { events_.push_back({Kind::kMove, std::floor(x), std::floor(y), 0}); }
void Pointer::leave() { events_.push_back({Kind::kLeave, 0, 0, 0}); }
void Pointer::down(double seconds) { events_.push_back({Kind::kDown, 0, 0, seconds}); }
void Pointer::up() { events_.push_back({Kind::kUp, 0, 0, 0}); }

void Pointer::take(const Event& event, float apart) {
  switch (event.kind) {
    case Kind::kMove:
      if (there_) dx_ += event.x - x_, dy_ += event.y - y_;
      x_ = event.x;
      y_ = event.y;
      there_ = true;
      if (down_) trail_.push_back({x_, y_});
      break;
    case Kind::kLeave:
      there_ = false;
      break;
    case Kind::kDown: {
      if (down_) break;
      const bool again = event.seconds - clicked_at_ < kDoubleClick && clicks_ > 0 &&
                         std::hypot(x_ - clicked_x_, y_ - clicked_y_) < apart;
      clicks_ = again ? clicks_ + 1 : 1;
      clicked_at_ = event.seconds;
      clicked_x_ = x_;
      clicked_y_ = y_;
      down_ = clicked_ = true;
      break;
    }
    case Kind::kUp:
      down_ = false;
      break;
  }
}

void Pointer::begin_frame(float apart) {
  if (held_ > kPage && !alive_ && held_before_ == held_) held_ = kNone;
  held_before_ = held_;
  clicked_ = alive_ = hovered_ = false;
  trail_.clear();
  item_ = over_ = kNone;
  dx_ = dy_ = 0;
  cursor = Cursor::kArrow;
  std::size_t taken = 0;
  for (bool changed = false, left = false; taken < events_.size() && !changed; ++taken) {
    const Kind kind = events_[taken].kind;
    if (left && kind == Kind::kUp) break;  // whoever is held sees first that it was taken away
    take(events_[taken], apart);
    left = kind == Kind::kLeave;
    changed = kind == Kind::kDown || kind == Kind::kUp;  // seen where it changed, and once
  }
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(taken));
  if (held_ == kPage && !down_) held_ = kNone;
}

void Pointer::end_frame() {
  if (clicked_ && held_ == kNone) held_ = kPage;
}

bool Pointer::item(std::uint64_t id, float x, float y, float w, float h) {
  item_ = id;
  const bool inside = there_ && x_ >= x && x_ < x + w && y_ >= y && y_ < y + h;
  hovered_ = inside && (held_ == kNone || held_ == kPage || held_ == id);
  const bool first = inside && (over_ == kNone || over_ == id) && (held_ == kNone || held_ == id);
  if (first) over_ = id;
  if (first && clicked_) held_ = id;
  if (held_ != id) return false;
  alive_ = true;
  if (down_) return false;
  held_ = kNone;
  return first;
}

}  // namespace lab
