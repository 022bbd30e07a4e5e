// The pointer as widgets need it that are drawn anew for every frame: which item it is over, which one it
// holds. The rules are Dear ImGui's, whose drawing the lab uses; its windows, focus and settings it does
// not, and they weigh more than all the lab's views. No ImGui in here: tests include this too. Lengths in
// device pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lab {

enum class Cursor { kArrow, kHand, kText };

class Pointer {
 public:
  // The host's: what happened, in order. An event waits for a frame of its own where one that went before
  // would be lost on the items otherwise: a press and its release.
  void move(float x, float y);
  void leave();               // it is nowhere now: outside, or a finger that was lifted
  void down(double seconds);  // by a clock that runs on while nothing is drawn
  void up();
  bool waiting() const { return !events_.empty(); }

  // The page's, around all items. Clicks within 0.3 s and `apart` of each other count together.
  void begin_frame(float apart);
  void end_frame();

  // The items'. The first one under the pointer gets a press; the one that is held keeps it to itself.
  /// An item in this box, which the questions below are about; true when it was pressed and let go of again.
  bool item(std::uint64_t id, float x, float y, float w, float h);
  bool hovered() const { return hovered_; }
  bool held() const { return held_ == item_; }
  bool started() const { return held_ == item_ && held_before_ != item_; }
  bool ended() const { return held_ != item_ && held_before_ == item_; }

  bool holding() const { return held_ != kNone; }  // anything
  bool clicked() const { return clicked_; }        // the button went down, wherever
  int clicks() const { return clicks_; }           // so many times in a row, and is down or was let go since
  bool there() const { return there_; }            // it has a place
  float x() const { return x_; }
  float y() const { return y_; }
  float dx() const { return dx_; }  // moved since the last frame
  float dy() const { return dy_; }
  struct Place {
    float x, y;
  };
  /// Returns where it was in this frame while it was down, in order: a pen's way, however slow the frames
  /// are.
  const std::vector<Place>& trail() const { return trail_; }
  Cursor cursor = Cursor::kArrow;  // what the items ask for in this frame

 private:
  enum class Kind { kMove, kLeave, kDown, kUp };
  struct Event {
    Kind kind;
    float x, y;
    double seconds;
  };
  static constexpr std::uint64_t kNone = 0, kPage = 1;  // kPage: pressed where there is no item

  void take(const Event& event, float apart);

  std::vector<Event> events_;
  std::vector<Place> trail_;
  float x_ = 0, y_ = 0, dx_ = 0, dy_ = 0;
  bool there_ = false, down_ = false, clicked_ = false;
  int clicks_ = 0;
  double clicked_at_ = -1;
  float clicked_x_ = 0, clicked_y_ = 0;
  std::uint64_t item_ = kNone, over_ = kNone, held_ = kNone, held_before_ = kNone;
  bool hovered_ = false, alive_ = false;  // alive: the item held is still there
};

}  // namespace lab
