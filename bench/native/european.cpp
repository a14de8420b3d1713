// The European grid in C++, as a small N-API addon in the process of the bench:
//
//   naive(terms, isCall, vols, factors, out)     glibc; log, two exp, sqrt and two erfc for every cell
//   hoisted(terms, isCall, vols, factors, out)   glibc; per-contract and per-volatility terms taken out of the loops
//   avx2(terms, isCall, vols, factors, out)      AVX2 + FMA by hand, four contracts to a vector, the kernel's algorithm
//                                                (one exp and one division a cell); set-up by glibc's vector log, exp
//
// terms: 5 columns of n (spot | strike | years | rate | yield); vols: volCount columns of n; n a multiple of 4.
// naive and hoisted write n rows of volCount x priceCount; avx2 writes, for each four contracts, volCount x priceCount
// vectors of four, which spares it the transposition.
#include <immintrin.h>
#include <node_api.h>
#include <cmath>
#include <cstdint>

extern "C" __m256d _ZGVdN4v_exp(__m256d);
extern "C" __m256d _ZGVdN4v_log(__m256d);

struct Grid {
  const double *spot, *strike, *years, *rate, *yield, *vols, *factors;
  const uint8_t* isCall;
  double* out;
  size_t n, volCount, priceCount;
};

static inline double cdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }

static void naive(const Grid& g) {
  double* out = g.out;
  for (size_t i = 0; i < g.n; i++)
    for (size_t j = 0; j < g.volCount; j++)
      for (size_t k = 0; k < g.priceCount; k++) {
        const double t = g.years[i], vol = g.vols[j * g.n + i], s = g.spot[i] * g.factors[k];
        const double v = vol * std::sqrt(t);
        const double d1 = (std::log(s / g.strike[i]) + (g.rate[i] - g.yield[i] + 0.5 * vol * vol) * t) / v;
        const double sign = g.isCall[i] ? 1.0 : -1.0;
        *out++ = sign * (s * std::exp(-g.yield[i] * t) * cdf(sign * d1) -
                         g.strike[i] * std::exp(-g.rate[i] * t) * cdf(sign * (d1 - v)));
      }
}

static void hoisted(const Grid& g) {
  double logs[64];
  for (size_t k = 0; k < g.priceCount; k++) logs[k] = std::log(g.factors[k]);
  double* out = g.out;
  for (size_t i = 0; i < g.n; i++) {
    const double t = g.years[i], root = std::sqrt(t);
    const double x = g.strike[i] * std::exp(-g.rate[i] * t), f = g.spot[i] * std::exp(-g.yield[i] * t);
    const double log = std::log(f / x), sign = g.isCall[i] ? 1.0 : -1.0;
    for (size_t j = 0; j < g.volCount; j++) {
      const double v = g.vols[j * g.n + i] * root, inverse = 1.0 / v, m = log - 0.5 * v * v;
      for (size_t k = 0; k < g.priceCount; k++) {
        const double d2 = (m + logs[k]) * inverse;
        *out++ = sign * (f * g.factors[k] * cdf(sign * (d2 + v)) - x * cdf(sign * d2));
      }
    }
  }
}

#define V(x) _mm256_set1_pd(x)
#define STEP(acc, x, c) _mm256_fmadd_pd(acc, x, V(c))

static inline __m256d numerator(__m256d a) {
  __m256d p = V(8.008889196431362e-5);
  p = STEP(p, a, 0.0015906223914729717);
  p = STEP(p, a, 0.014475000413531348);
  p = STEP(p, a, 0.07701136939608261);
  p = STEP(p, a, 0.25450650541768044);
  p = STEP(p, a, 0.5023081883522619);
  return STEP(p, a, 0.5);
}

static inline __m256d denominator(__m256d a) {
  __m256d q = V(0.0002007493981567876);
  q = STEP(q, a, 0.003987251466355029);
  q = STEP(q, a, 0.036481098111829265);
  q = STEP(q, a, 0.19706723948447302);
  q = STEP(q, a, 0.6734328690324204);
  q = STEP(q, a, 1.4472006797047836);
  q = STEP(q, a, 1.8025009375074);
  return STEP(q, a, 1.0);
}

// exp(-a^2/2): 2^y by its integer and a degree-11 Taylor polynomial of 2^f, |f| <= 1/2.
static inline __m256d gauss(__m256d a) {
  const __m256d magic = V(6755399441055744.0);
  const __m256d y = _mm256_max_pd(_mm256_mul_pd(_mm256_mul_pd(a, a), V(-0.72134752044448169)), V(-1000.0));
  const __m256d t = _mm256_add_pd(y, magic);
  const __m256d f = _mm256_mul_pd(_mm256_sub_pd(y, _mm256_sub_pd(t, magic)), V(0.69314718055994531));
  __m256d p = V(1.0 / 39916800);
  p = STEP(p, f, 1.0 / 3628800);
  p = STEP(p, f, 1.0 / 362880);
  p = STEP(p, f, 1.0 / 40320);
  p = STEP(p, f, 1.0 / 5040);
  p = STEP(p, f, 1.0 / 720);
  p = STEP(p, f, 1.0 / 120);
  p = STEP(p, f, 1.0 / 24);
  p = STEP(p, f, 1.0 / 6);
  p = STEP(p, f, 0.5);
  p = STEP(p, f, 1.0);
  p = STEP(p, f, 1.0);
  return _mm256_castsi256_pd(
      _mm256_add_epi64(_mm256_castpd_si256(p), _mm256_slli_epi64(_mm256_castpd_si256(t), 52)));
}

static void avx2(const Grid& g) {
  double logs[64];
  for (size_t k = 0; k < g.priceCount; k++) logs[k] = std::log(g.factors[k]);
  const __m256d signBit = V(-0.0), zero = _mm256_setzero_pd();
  double* out = g.out;
  for (size_t i = 0; i < g.n; i += 4) {
    const __m256d t = _mm256_loadu_pd(g.years + i), root = _mm256_sqrt_pd(t);
    const __m256d x = _mm256_mul_pd(_mm256_loadu_pd(g.strike + i),
        _ZGVdN4v_exp(_mm256_xor_pd(signBit, _mm256_mul_pd(_mm256_loadu_pd(g.rate + i), t))));
    const __m256d f = _mm256_mul_pd(_mm256_loadu_pd(g.spot + i),
        _ZGVdN4v_exp(_mm256_xor_pd(signBit, _mm256_mul_pd(_mm256_loadu_pd(g.yield + i), t))));
    const __m256d log = _ZGVdN4v_log(_mm256_div_pd(f, x));
    const __m256d put = _mm256_castsi256_pd(_mm256_set_epi64x(-(int64_t)!g.isCall[i + 3],
        -(int64_t)!g.isCall[i + 2], -(int64_t)!g.isCall[i + 1], -(int64_t)!g.isCall[i]));
    for (size_t j = 0; j < g.volCount; j++) {
      const __m256d v = _mm256_mul_pd(_mm256_loadu_pd(g.vols + j * g.n + i), root);
      const __m256d inverse = _mm256_div_pd(V(1.0), v);
      const __m256d m = _mm256_fnmadd_pd(_mm256_mul_pd(V(0.5), v), v, log);
      for (size_t k = 0; k < g.priceCount; k++) {
        const __m256d d2 = _mm256_mul_pd(_mm256_add_pd(m, V(logs[k])), inverse), d1 = _mm256_add_pd(d2, v);
        const __m256d a2 = _mm256_min_pd(_mm256_andnot_pd(signBit, d2), V(37.0));
        const __m256d a1 = _mm256_min_pd(_mm256_andnot_pd(signBit, d1), V(37.0));
        const __m256d q2 = denominator(a2), q1 = denominator(a1);
        const __m256d p2 = _mm256_or_pd(numerator(a2), _mm256_and_pd(d2, signBit));
        const __m256d p1 = _mm256_or_pd(numerator(a1), _mm256_and_pd(d1, signBit));
        const __m256d top = _mm256_mul_pd(gauss(a2), _mm256_fmsub_pd(p2, q1, _mm256_mul_pd(p1, q2)));
        const __m256d h = _mm256_div_pd(top, _mm256_mul_pd(q1, q2));
        const __m256d up1 = _mm256_xor_pd(_mm256_cmp_pd(d1, zero, _CMP_GE_OQ), put);
        const __m256d up2 = _mm256_xor_pd(_mm256_cmp_pd(d2, zero, _CMP_GE_OQ), put);
        const __m256d rest = _mm256_sub_pd(
            _mm256_and_pd(up1, _mm256_mul_pd(f, V(g.factors[k]))), _mm256_and_pd(up2, x));
        const __m256d value = _mm256_fmadd_pd(x, h, _mm256_xor_pd(rest, _mm256_and_pd(put, signBit)));
        _mm256_storeu_pd(out, _mm256_max_pd(value, zero));
        out += 4;
      }
    }
  }
}

template <void (*fill)(const Grid&)>
static napi_value call(napi_env env, napi_callback_info info) {
  size_t argc = 5, length[5];
  napi_value args[5];
  void* data[5];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  for (int a = 0; a < 5; a++)
    napi_get_typedarray_info(env, args[a], nullptr, &length[a], &data[a], nullptr, nullptr);
  const size_t n = length[1];
  const double* terms = static_cast<double*>(data[0]);
  fill({terms, terms + n, terms + 2 * n, terms + 3 * n, terms + 4 * n, static_cast<double*>(data[2]),
        static_cast<double*>(data[3]), static_cast<uint8_t*>(data[1]), static_cast<double*>(data[4]), n,
        length[2] / n, length[3]});
  return nullptr;
}

static napi_value init(napi_env env, napi_value exports) {
  const struct { const char* name; napi_callback run; } all[] = {
      {"naive", call<naive>}, {"hoisted", call<hoisted>}, {"avx2", call<avx2>}};
  for (const auto& one : all) {
    napi_value f;
    napi_create_function(env, one.name, NAPI_AUTO_LENGTH, one.run, nullptr, &f);
    napi_set_named_property(env, exports, one.name, f);
  }
  return exports;
}
NAPI_MODULE(plimsoll_european, init)
