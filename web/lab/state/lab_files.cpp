// The lab's models and other files: asked for, taken in, changed between; see lab.hpp.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/math/latent.hpp"
#include "shared/spec/model_line.hpp"
#include "web/lab/state/lab.hpp"

namespace lab {
namespace {

constexpr int kFirstStops[] = {0, 7}, kFirstDigit = 1;  // samples that a fresh lab shows: clear digits

std::int64_t cost_of_decoding(const vae::ModelSpec& spec) {
  return std::max<std::int64_t>(vae::multiply_adds(spec.decoder, {spec.latent, 1, 1}), 1);
}

const KnownModel* find_known(std::string_view id) {
  for (const KnownModel& known : known_models()) {
    if (id == known.id) return &known;
  }
  return nullptr;
}

}  // namespace

bool is_model(std::string_view id) { return find_known(id) != nullptr || id == kOwnModel; }

float LoadedModel::test_loss(const char* key) const {
  const auto value = parse_decimal(model.metadata(key));
  return value ? static_cast<float>(*value) : std::numeric_limits<float>::quiet_NaN();
}

std::optional<vae::Error> Lab::load(std::string_view id, std::span<const std::byte> file) {
  auto model = vae::Model::load(file);
  if (!model) return model.error();
  const vae::Shape image = model->spec().image;
  if (image != vae::Shape{1, kSide, kSide}) {
    return vae::make_error(vae::ErrorCode::kShape,
                           {"the lab shows images of 1x28x28; this model makes ", to_string(image)});
  }
  if (!model->has_encoder()) {
    return vae::make_error(vae::ErrorCode::kNames,
                           {"this is a decoder alone; the lab takes the whole model, as weights.bin is"});
  }
  auto loaded = std::make_unique<LoadedModel>(
      LoadedModel{std::string(id), next_decoder_++, std::move(*model), {}, {}, {}, {}, 1, file.size()});
  loaded->pixels = vae::trained_pixels(loaded->model);
  loaded->anchors = vae::read_anchors(loaded->model);
  loaded->axes = vae::read_principal_axes(loaded->model);
  loaded->kl = vae::read_kl_per_dimension(loaded->model);
  loaded->decode_cost = cost_of_decoding(loaded->model.spec());
  LoadedModel& added = *loaded;
  const auto old =
      std::find_if(models_.begin(), models_.end(), [&](const auto& known) { return known->id == id; });
  std::unique_ptr<LoadedModel> replaced;  // until nothing points to it any more
  if (old != models_.end()) {
    replaced = std::exchange(*old, std::move(loaded));
  } else {
    models_.push_back(std::move(loaded));
  }
  if (id == kOwnModel && own_link_) {
    open(*std::exchange(own_link_, std::nullopt));
    return std::nullopt;
  }
  if (id == kOwnModel) state_.model = id;
  if (id == state_.model || current_ == nullptr || current_ == replaced.get()) change_to(added);
  return std::nullopt;
}

std::optional<vae::Error> Lab::give(std::string_view file, std::vector<std::byte> bytes) {
  std::optional<vae::Error> error;
  for (const KnownModel& known : known_models()) {
    if (file == known.file) error = load(known.id, bytes);
    if (file != known.snapshots) continue;
    auto snapshots = vae::Snapshots::load(std::move(bytes));
    if (!snapshots) {
      error = snapshots.error();
      break;
    }
    snapshot_cost_ = cost_of_decoding(snapshots->spec());
    first_snapshot_ = std::exchange(next_decoder_, next_decoder_ + snapshots->count());
    snapshots_ = std::move(*snapshots);
    snapshots_of_ = known.id;
    break;
  }
  if (file == kDigitsFile) {
    auto digits = vae::read_digits(bytes);  // NOLINT(bugprone-use-after-move): no snapshots have this name
    if (digits) {
      digits_ = std::move(*digits);
    } else {
      error = digits.error();
    }
  }
  if (Wanted* wanted = find_wanted(file)) {
    wanted->status = error ? Wanted::kFailed : Wanted::kLoaded;
    wanted->message = error ? error->message : "";
  }
  return error;
}

Wanted* Lab::find_wanted(std::string_view file) {
  const auto found =
      std::find_if(wanted_.begin(), wanted_.end(), [&](const Wanted& wanted) { return wanted.file == file; });
  return found == wanted_.end() ? nullptr : &*found;
}

const Wanted* Lab::find_wanted(std::string_view file) const {
  return const_cast<Lab*>(this)->find_wanted(file);
}

void Lab::want(std::string_view file) {
  Wanted* wanted = find_wanted(file);
  if (wanted == nullptr) {
    wanted_.push_back({std::string(file), Wanted::kWanted, 0, {}});
  } else if (wanted->status == Wanted::kFailed) {
    *wanted = {std::string(file), Wanted::kWanted, 0, {}};
  }
}

LoadedModel* Lab::model(std::string_view id) {
  for (const auto& loaded : models_) {
    if (loaded->id == id) return loaded.get();
  }
  const KnownModel* known = find_known(id);
  if (known != nullptr && find_wanted(known->file) == nullptr) want(known->file);
  return nullptr;
}

const vae::Digits* Lab::digits() {
  if (digits_) return &*digits_;
  if (find_wanted(kDigitsFile) == nullptr) want(kDigitsFile);
  return nullptr;
}

vae::Snapshots* Lab::snapshots(std::string_view id) {
  if (snapshots_ && snapshots_of_ == id) return &*snapshots_;
  const KnownModel* known = find_known(id);
  if (known != nullptr && *known->snapshots != '\0' && find_wanted(known->snapshots) == nullptr) {
    want(known->snapshots);
  }
  return nullptr;
}

void Lab::use_model(std::string_view id) {
  const KnownModel* known = find_known(id);
  if (!is_model(id)) return;
  LoadedModel* chosen = model(id);
  if (chosen == nullptr && known != nullptr) want(known->file);  // also when that failed before
  if (chosen == nullptr && id == kOwnModel) return;
  own_link_.reset();
  state_.model = id;
  if (chosen != nullptr && chosen != current_) change_to(*chosen);
}

/// A latent of `from` as one of `to`: its picture, encoded anew. Without one, sample `sample` of the prior.
std::vector<float> Lab::translated(const std::vector<float>& z, LoadedModel* from, LoadedModel& to,
                                   int sample) const {
  const auto latent = static_cast<std::size_t>(to.model.latent());
  if (from == nullptr && z.size() == latent) return z;
  if (from != nullptr && z.size() == static_cast<std::size_t>(from->model.latent())) {
    const auto image = from->model.decode(z);
    auto posterior = image ? to.model.encode(*image) : vae::Result<vae::Posterior>(image.error());
    if (posterior) return std::move(posterior->mu);
  }
  return to.model.sample_prior(state_.seed, static_cast<std::uint64_t>(sample));
}

void Lab::change_to(LoadedModel& to) {
  LoadedModel* const from = current_;
  state_.z = translated(state_.z, from, to, kFirstDigit);
  state_.stops.resize(std::clamp<std::size_t>(state_.stops.size(), 2, kMaxStops));
  for (std::size_t i = 0; i < state_.stops.size(); ++i) {
    state_.stops[i] = translated(state_.stops[i], from, to, i < 2 ? kFirstStops[i] : static_cast<int>(i));
  }
  current_ = &to;
  undo_.clear();
  redo_.clear();
  end_tag();
  const int dimensions = to.model.latent();
  for (int* axis : {&state_.axis_x, &state_.axis_y}) {
    const bool principal = *axis >= kPrincipalAxis && to.axes &&
                           *axis - kPrincipalAxis < static_cast<int>(to.axes->variances.size());
    if (!principal && *axis >= dimensions) *axis = axis == &state_.axis_x ? 0 : std::min(1, dimensions - 1);
  }
  set_t(state_.t);
}

void Lab::open(LabState state) {
  const std::string id = std::exchange(state.model, state_.model);
  state_ = std::move(state);
  own_link_.reset();
  current_ = nullptr;  // its latents are of the link's own model
  state_.model = is_model(id) ? id : std::string(known_models()[0].id);
  if (LoadedModel* chosen = model(state_.model)) {
    change_to(*chosen);
  } else if (state_.model == kOwnModel) {
    const LabState wanted = state_;
    use_model(known_models()[0].id);
    own_link_ = wanted;
  }
}

}  // namespace lab
