// Shows the progress of anything that takes over two seconds: a line that rewrites itself on a terminal,
// elsewhere only what is log()ged. Only the programs use it; libraries never print.
#pragma once

#include <chrono>
#include <string>

namespace vae {

/// Formats seconds: "12 s", "3 min 05 s", "1 h 10 min".
std::string duration(double seconds);

/// Formats with spaces between groups of three digits: "14 200".
std::string thousands(long long number);

/// Flushes standard output. Throws Failure kIo when it cannot be written (a full disk, say).
void flush_output();

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool on_terminal() const { return on_terminal_; }
  /// Shows `text` on the terminal's current line, cut to its width, at most ten times a second.
  void show(const std::string& text);
  /// Prints a line that stays.
  void log(const std::string& text);

 private:
  bool on_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// Progress over images, on a terminal: "1 200 of 10 000 images 620 images/s 14 s left".
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
