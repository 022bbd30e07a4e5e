#include "native/run/run_metrics.hpp"

#include <array>
#include <cstdio>
#include <string>

#include "native/support/failure.hpp"

namespace vae {
namespace {

Metric lower_bound(const Losses& losses, const std::string& key = "", const std::string& tag = "") {
  return {key + "lowerbound", tag + "lowerbound", losses.neg_elbo()};
}

/// Adds the losses, without a prior the reconstruction alone; "lowerbound" has the sign of a loss, like in
/// the source of tf-mlp.
void add_losses(std::vector<Metric>& metrics, const std::string& set, const Losses& losses, Prior prior) {
  const std::string key = set.empty() ? "" : set + '_', tag = set.empty() ? "" : set + '/';
  if (prior != Prior::kNone) metrics.push_back(lower_bound(losses, key, tag));
  metrics.push_back({key + "reconstruction", tag + "reconstruction", losses.reconstruction});
  if (prior != Prior::kNone) metrics.push_back({key + "kl", tag + "kl", losses.kl});
}

}  // namespace

RunMetrics::RunMetrics(const TrainOptions& options, Trainer& trainer, const ImageSet& test)
    : o_(options), trainer_(trainer), test_(test) {
  if (!o_.log_dir.empty()) log_.emplace(o_.log_dir, trainer.step() > 0 ? last_step() : -1);
}

/// Writes to the log, which is given up where it cannot be written.
template <class Write>
void RunMetrics::write(Write what) {
  if (!log_) return;
  try {
    what(*log_);
  } catch (const Failure& failure) {
    if (failure.code != Exit::kIo) throw;
    std::fprintf(stderr, "warning: %s; nothing more is logged\n", failure.what());
    log_.reset();
  }
}

void RunMetrics::step(const StepReport& r, double images_per_second) {
  last_ = r;
  images_per_second_ = images_per_second;
  write([&](LogFolder& log) {
    if (o_.after_update || !trainer_.epoch_ended()) {  // otherwise epoch() logs it
      if (is_due(r.step, o_.log_every)) {
        log.metrics(r.step, r.epoch, metrics_of_step());
      } else if (is_due(r.step, o_.metrics_every)) {
        log.metrics(r.step, r.epoch, std::array{lower_bound(r.batch)});
      }
    }
    if (!is_due(r.step, o_.picture_every)) return;
    const TrainPictures drawn = pictures(*trainer_.result());
    for (const Picture& p : o_.after_update ? drawn.progress(trainer_.replay(), o_.picture_inputs)
                                            : drawn.progress(o_.picture_inputs))
      log.picture(r.step, p.name, p.png);
  });
}

void RunMetrics::epoch(const EpochReport& r) {
  write([&](LogFolder& log) {
    std::vector<Metric> metrics;  // without a step's if an earlier run was stopped between step and test
    if (last_.images > 0) metrics = metrics_of_step();
    const Prior prior = trainer_.result()->spec.prior;
    add_losses(metrics, "train", r.train, prior);
    add_losses(metrics, r.validated ? "validation" : "test", r.held_out, prior);
    log.metrics(last_step(), r.epoch, metrics);
  });
}

bool RunMetrics::finish() {
  write([&](LogFolder& log) {
    Vae model = standardized(*trainer_.result());
    for (const Picture& p : pictures(*model).figures()) log.figure(last_step(), p.name, p.png);
  });
  return log_.has_value();
}

std::vector<Metric> RunMetrics::metrics_of_step() const {
  std::vector<Metric> metrics = {{"objective", "objective", last_.objective}};
  add_losses(metrics, "", last_.batch, trainer_.result()->spec.prior);
  metrics.push_back({"learning_rate", "rate", last_.learning_rate});
  metrics.push_back({"images_per_second", "images/s", images_per_second_});
  return metrics;
}

TrainPictures RunMetrics::pictures(VaeImpl& model) const {
  return {model, test_, o_.train.pixels, o_.train.seed};
}

}  // namespace vae
