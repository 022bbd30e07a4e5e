#include "native/programs/eval_options.hpp"

#include <iterator>
#include <vector>

#include "native/compress/stored_as.hpp"
#include "shared/base/enum_names.hpp"
#include "shared/math/pixels.hpp"

namespace vae {

void add_options(CLI::App& app, EvalOptions& o) {
  app.description(
      "Evaluates a weights file on the test images of a data set: reconstruction, KL and -ELBO with z "
      "sampled, and\n"
      "the KL of every dimension, in nats per image; on request the importance-weighted NLL, and pictures.\n"
      "The figures are the same for any number of threads.");
  const std::vector<std::string> pixels(kNamesOf<Pixels>.begin(), kNamesOf<Pixels>.end());
  const std::vector<std::string> precisions(std::begin(kPrecisionNames), std::end(kPrecisionNames));
  app.add_option("weights", o.weights, "weights file")->type_name("WEIGHTS");
  app.add_option("--data", o.data, "folder with IDX files or PNGs, as native_train takes it [build/mnist]")
      ->type_name("DIR");
  app.add_option("--images", o.images, "use only the first N test images [all]")
      ->type_name("N")
      ->check(CLI::Range(1, 100000000).description(""));
  app.add_option("--pixels", o.pixels,
                 "gray (0 to 1), dynamic (black or white, drawn once), threshold (black or white) or "
                 "dequantized (gray with noise below one level) [as the file says it was tested, else gray]")
      ->type_name("WORD")
      ->check(CLI::IsMember(pixels).description(""));
  app.add_option(
         "--draws", o.draws,
         "of z for each image behind reconstruction and -ELBO: over 10 000 images chance moves them by "
         "about 0.04 nats with one draw, and by sqrt(L) less with L [16, or 1 where decoding is slow]")
      ->type_name("L")
      ->check(CLI::Range(1, 1000000).description(""));
  app.add_option(
         "--nll", o.nll,
         "also the NLL, nats per image, from K importance samples of z for each image, e.g. 5000 [none]")
      ->type_name("K")
      ->check(CLI::Range(1, 100000000).description(""));
  app.add_option("--precision", o.precision,
                 "also what storing the weights as f16 or int8 costs: size, -ELBO and, with --nll, NLL, each "
                 "with its "
                 "difference from the file as it is [none]")
      ->type_name("WORD")
      ->check(CLI::IsMember(precisions).description(""));
  app.add_option("--threads", o.threads, "CPU threads [as many as there are cores]")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  app.add_option("--json", o.json, "write the numbers as JSON")->type_name("FILE");
  app.add_option("--per-image", o.per_image,
                 "write a line for each image as CSV: reconstruction, kl and neg_elbo in nats for one z "
                 "drawn, as the "
                 "page shows them with noise seed 1, and reconstruction_at_mu")
      ->type_name("FILE");
  app.add_option(
         "--export-latents", o.latents,
         "write mu and sigma of every image's posterior, (images, latents), and the labels as .npz for NumPy")
      ->type_name("FILE");
  app.add_option("--png", o.png, "write one page: inputs above reconstructions, samples, interpolations")
      ->type_name("FILE");
  app.add_option(
         "--sheets", o.sheets,
         "write reconstructions, digits, samples, traversals, interpolations, scatter and, for latent 2, "
         "manifold, each .png, into a folder, which is made if need be")
      ->type_name("DIR");
  app.add_option("--seed", o.seed, "of the samples on the pictures [1]")->type_name("N");
  app.add_flag("--allow-modified-data", o.allow_modified_data,
               "accept a damaged or replaced file among those of MNIST or Fashion-MNIST");
  app.footer(
      "Exit codes: 0 ok, 2 usage, 65 bad data, 66 missing input, 69 out of memory, 74 cannot read or write,\n"
      "75 output in use by another run, 128 + signal: interrupted (nothing is written).");
}

}  // namespace vae
