/*
 * What C11 cannot say by itself: attributes of functions, where the compiler
 * knows them.
 */
#ifndef COMMON_BASE_CDEFS_H
#define COMMON_BASE_CDEFS_H

#if defined(__GNUC__)
#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define MUST_USE
#define PRINTF_LIKE(text, first)
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
