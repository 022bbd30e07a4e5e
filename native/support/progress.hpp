// Progress of anything over two seconds: one line that rewrites itself on a terminal, nothing but what is
// log()ged elsewhere. Only the programs' main files use it; libraries never print.
#pragma once

#include <chrono>
#include <string>

namespace vae {

/// Seconds as people say them: "12 s", "3 min 05 s", "1 h 10 min".
std::string duration(double seconds);

/// 14200 -> "14 200".
std::string thousands(long long number);

/// Writes out what was printed. Throws Failure kIo when standard output cannot take it (a full disk, say).
void flush_output();

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool on_terminal() const { return on_terminal_; }
  /// Shows `text` on the terminal's current line, at most ten times a second; cut to the terminal's width.
  void show(const std::string& text);
  /// Prints a line that stays.
  void log(const std::string& text);

 private:
  bool on_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// On a terminal: "1 200 of 10 000 images  620 images/s  14 s left".
class ImageProgress {
 public:
  explicit ImageProgress(int images) : images_(images) {}
  void show(int done);

 private:
  int images_;
  ProgressLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace vae
