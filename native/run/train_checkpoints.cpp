#include "native/run/train_checkpoints.hpp"

#include <cstdio>
#include <map>
#include <sstream>
#include <utility>

#include "native/support/failure.hpp"
#include "native/support/output_file.hpp"

namespace vae {
namespace {

using Settings = std::map<std::string, std::string>;

/// Takes "--seed 1 --lr 0.1 ..." apart.
Settings settings(const std::string& line) {
  Settings all;
  std::istringstream words(line);
  for (std::string flag, word; words >> word;) {
    if (word.starts_with("--"))
      all[flag = word] = "nothing";
    else
      all[flag] = word;
  }
  return all;
}

/// Returns whether two configurations differ at most in how long they train.
bool differ_in_length(const std::string& theirs, const std::string& ours) {
  Settings before = settings(theirs), now = settings(ours);
  for (Settings* all : {&before, &now}) {
    all->erase("--epochs");
    all->erase("--steps");
  }
  return before == now;
}

/// Lists the flags in which two configurations differ: "--seed was 1, now 2".
std::string difference(const std::string& theirs, const std::string& ours) {
  Settings before = settings(theirs), now = settings(ours);
  for (const auto& [flag, value] : now) before.try_emplace(flag, "not given");
  std::string text;
  for (const auto& [flag, value] : before) {
    const std::string other = now.contains(flag) ? now[flag] : "not given";
    if (value != other) text += (text.empty() ? "" : ", ") + flag + " was " + value + ", now " + other;
  }
  return text;
}

}  // namespace

Checkpoints::Checkpoints(const TrainOptions& options, Trainer& trainer, SnapshotWriter* snapshots,
                         Metadata metadata, ProcessGroup& group)
    : o_(options), trainer_(trainer), snapshots_(snapshots), metadata_(std::move(metadata)), group_(group) {
  if (o_.resume == Resume::kMust && !o_.checkpoint.empty() && !std::filesystem::exists(o_.checkpoint))
    nothing_there();
  if (!o_.checkpoint.empty() && group_.first()) folder_.emplace(o_.checkpoint);
}

void Checkpoints::nothing_there() const {
  throw Failure(Exit::kMissingInput,
                "--resume: no checkpoint in " + where() + "; --resume auto begins where there is none");
}

/// Returns the checkpoint to resume from, if any. Called by the first process.
std::optional<Checkpoint> Checkpoints::find(bool automatic) const {
  if (!folder_ || folder_->empty()) {
    if (o_.resume != Resume::kNever && o_.checkpoint.empty())
      throw Failure(Exit::kUsage, "--resume: name the folder with --checkpoint");
    if (o_.resume == Resume::kMust) nothing_there();
    return std::nullopt;
  }
  if (o_.resume == Resume::kNever && !automatic) {
    throw Failure(
        Exit::kUsage,
        where() + " holds the checkpoints of an earlier run; --resume continues it, or name another folder");
  }
  std::vector<std::string> damaged;
  const std::optional<Checkpoint> found =
      folder_->newest([&](const std::string& text) { damaged.push_back(text); });
  if (!found)
    throw Failure(Exit::kBadData, "every checkpoint in " + where() + " is damaged, " + damaged.front() +
                                      "; start again with another folder");
  for (const std::string& text : damaged) std::fprintf(stderr, "native_train: skipped %s\n", text.c_str());
  check_same_run(*found);
  return found;
}

void Checkpoints::resume(bool automatic) {
  std::vector<std::byte> state, snapshots;  // sent by the first process; empty: nothing to resume
  if (group_.first()) {
    if (auto found = find(automatic)) state = write_checkpoint({std::move(found->state), {}});
    if (snapshots_ && !state.empty())
      snapshots = read_file(folder_->path() / "snapshots.bin", kSnapshotLimits.bytes);
  }
  state = group_.broadcast(std::move(state));
  snapshots = group_.broadcast(std::move(snapshots));
  if (state.empty()) return;
  trainer_.restore(read_checkpoint(state, where()).state);
  if (snapshots_) snapshots_->restore(snapshots, trainer_.step());
  if (!group_.first()) return;
  std::printf("resume  after step %lld of %lld, from %s\n", static_cast<long long>(trainer_.step()),
              static_cast<long long>(trainer_.steps()), o_.checkpoint.c_str());
}

void Checkpoints::maybe_save(bool best) {
  if (!folder_) return;
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_;
  if (best || (o_.checkpoint_steps > 0 && trainer_.step() % o_.checkpoint_steps == 0) ||
      (o_.checkpoint_seconds > 0 && since.count() >= o_.checkpoint_seconds)) {
    save(best);
  }
}

bool Checkpoints::save(bool best) {
  if (!folder_) return false;
  saved_ = std::chrono::steady_clock::now();  // or tried
  try {
    if (snapshots_)
      write_file(folder_->path() / "snapshots.bin", snapshots_->bytes({}));  // first: it may run ahead
    folder_->save({trainer_.state(), metadata_}, best);
    failing_ = false;
  } catch (const Failure& failure) {
    if (failure.code != Exit::kIo) throw;
    if (!std::exchange(failing_, true))
      std::fprintf(stderr, "warning: %s; training goes on without this checkpoint\n", failure.what());
  }
  return !failing_;
}

/// Refuses another length than the run had, `change`, where it would not be that of an uninterrupted run.
void Checkpoints::check_length(const Checkpoint& c, const std::string& change) const {
  std::string problem;
  if (o_.train.schedule != Schedule::kConstant)
    problem = "the rates so far were those of the other length; only --schedule constant can be extended";
  if (snapshots_ != nullptr) problem = "the snapshots so far were those of the other length";
  if (c.state.step > trainer_.steps())
    problem = "the checkpoint has " + std::to_string(c.state.step) + " steps already";
  if (!problem.empty()) throw Failure(Exit::kUsage, where() + ": " + change + ", but " + problem);
}

void Checkpoints::check_same_run(const Checkpoint& c) const {
  for (const auto& [key, value] : metadata_) {
    if (c.get(key) == value || key == "resolved_config" || key == "library" || key == "seed") continue;
    if (key == "machine") {
      std::printf(
          "note    the checkpoint is from \"%s\", this is \"%s\": results will differ in the last bits\n",
          c.get(key).c_str(), value.c_str());
      continue;
    }
    if (key == "config" && differ_in_length(c.get(key), value)) {
      check_length(c, difference(c.get(key), value));
      continue;
    }
    if (key == "config")
      throw Failure(Exit::kUsage, where() + " is of another run: " + difference(c.get(key), value) +
                                      "; use the same settings, or another --checkpoint");
    const std::string flag = key.ends_with("_sha256") ? key == "init_sha256" ? " (--init)" : " (--data)"
                             : key == "snapshots"     ? " (--snapshots)"
                                                      : "";
    throw Failure(Exit::kUsage, where() + " is of another run: its " + key + flag + " is \"" + c.get(key) +
                                    "\", not \"" + value + '"');
  }
}

}  // namespace vae
