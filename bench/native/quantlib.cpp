// American options with QuantLib's QdFp "fast" scheme, one Instrument and Engine call per cell, as a small N-API addon.
// americanCells(terms, volatilities, factors, out): terms = 5 columns of n (spot | strike | years | rate | yield),
// puts; volatilities = volCount columns of n; out = n rows of volCount x factors.length. Returns nothing.
#include <node_api.h>
#include <ql/quantlib.hpp>
#include <cmath>
using namespace QuantLib;

static double* column(napi_env env, napi_value value, size_t* length) {
  void* data;
  napi_get_typedarray_info(env, value, nullptr, length, &data, nullptr, nullptr);
  return static_cast<double*>(data);
}

static napi_value americanCells(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  size_t termCount, volLength, priceCount, outLength;
  const double* terms = column(env, args[0], &termCount);
  const double* vols = column(env, args[1], &volLength);
  const double* factors = column(env, args[2], &priceCount);
  double* out = column(env, args[3], &outLength);
  const size_t n = termCount / 5, volCount = volLength / n;
  const Date today(2, January, 2024);
  Settings::instance().evaluationDate() = today;
  const DayCounter dc = Actual365Fixed();
  for (size_t i = 0; i < n; i++) {
    const double strike = terms[n + i], years = terms[2 * n + i];
    const Date expiry = today + static_cast<int>(std::lround(years * 365.0));
    Handle<YieldTermStructure> r(ext::make_shared<FlatForward>(today, terms[3 * n + i], dc));
    Handle<YieldTermStructure> q(ext::make_shared<FlatForward>(today, terms[4 * n + i], dc));
    for (size_t j = 0; j < volCount; j++) {
      Handle<BlackVolTermStructure> v(
          ext::make_shared<BlackConstantVol>(today, NullCalendar(), vols[j * n + i], dc));
      auto spot = ext::make_shared<SimpleQuote>(terms[i]);
      auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), q, r, v);
      VanillaOption option(ext::make_shared<PlainVanillaPayoff>(Option::Put, strike),
                           ext::make_shared<AmericanExercise>(today, expiry));
      option.setPricingEngine(ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::fastScheme()));
      for (size_t k = 0; k < priceCount; k++) {
        spot->setValue(terms[i] * factors[k]);
        out[(i * volCount + j) * priceCount + k] = option.NPV();
      }
    }
  }
  return nullptr;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value f;
  napi_create_function(env, "americanCells", NAPI_AUTO_LENGTH, americanCells, nullptr, &f);
  napi_set_named_property(env, exports, "americanCells", f);
  return exports;
}
NAPI_MODULE(plimsoll_quantlib, init)
