/*
 * One source for two languages: what differs between CUDA C++ and OpenCL C has one name here. A kernel is
 *
 *     KERNEL scale(GLOBAL float *values, const float factor, const int count) {
 *         const size_t i = GLOBAL_ID_X;
 *         if (i < count) { values[i] *= factor; }
 *     }
 *
 * Launches are rounded up to whole groups: every kernel checks its bounds, after its last BARRIER.
 *
 * - LOCAL arrays are declared at the beginning of a kernel, not in functions and not in blocks (a rule of OpenCL).
 * - A parameter of a function that points into a LOCAL array is a LOCAL_POINTER.
 * - A parameter of a kernel is a GLOBAL pointer, int, float, double or ulong; never size_t or a boolean.
 * - In both, int and uint have 32 bits, long and ulong 64, and sqrt, fabs, floor, pow, min and max take floats and
 *   doubles; write constants of floats with an f. The names in capitals below are for floats.
 * - half, event_t and the names of functions, such as step and mix, are taken in OpenCL.
 * - float2 and its kin have no operators in CUDA: work with their parts, .x and .y.
 * - A group has at most 256 work items: what every device has, whatever number of registers a kernel takes.
 */
#ifndef LIGHTPIPE_H
#define LIGHTPIPE_H

#ifdef __CUDACC__

#define KERNEL extern "C" __global__ void __launch_bounds__(256)
#define DEVICE static __device__ inline
#define CONSTANT static __device__ const
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_POINTER
#define RESTRICT __restrict__

#define GLOBAL_ID_X ((size_t) blockIdx.x * blockDim.x + threadIdx.x)
#define GLOBAL_ID_Y ((size_t) blockIdx.y * blockDim.y + threadIdx.y)
#define GLOBAL_ID_Z ((size_t) blockIdx.z * blockDim.z + threadIdx.z)
#define LOCAL_ID_X threadIdx.x
#define LOCAL_ID_Y threadIdx.y
#define LOCAL_ID_Z threadIdx.z
#define GROUP_ID_X blockIdx.x
#define GROUP_ID_Y blockIdx.y
#define GROUP_ID_Z blockIdx.z
#define GROUP_SIZE_X blockDim.x
#define GROUP_SIZE_Y blockDim.y
#define GROUP_SIZE_Z blockDim.z
#define GROUPS_X gridDim.x
#define GROUPS_Y gridDim.y
#define GROUPS_Z gridDim.z
#define BARRIER __syncthreads()

/* on int or uint, in GLOBAL or LOCAL memory; all return the value before */
#define ATOMIC_ADD_INT(pointer, value) atomicAdd(pointer, value)
#define ATOMIC_MIN_INT(pointer, value) atomicMin(pointer, value)
#define ATOMIC_MAX_INT(pointer, value) atomicMax(pointer, value)
#define ATOMIC_OR_INT(pointer, value) atomicOr(pointer, value)

#define FLOAT2(x, y) make_float2(x, y)
#define FLOAT4(x, y, z, w) make_float4(x, y, z, w)
#define DOUBLE2(x, y) make_double2(x, y)
#define SQRT(x) sqrtf(x)
#define SINCOS(x, sine, cosine) sincosf(x, &(sine), &(cosine))
#define FLOOR(x) floorf(x)
#define CEIL(x) ceilf(x)
/* to the nearest, halves to the even one */
#define RINT(x) rintf(x)
#define FABS(x) fabsf(x)
#define FMIN(x, y) fminf(x, y)
#define FMAX(x, y) fmaxf(x, y)
#define FMA(x, y, z) fmaf(x, y, z)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define POW(x, y) powf(x, y)
#define ATAN2(y, x) atan2f(y, x)
#define IS_FINITE(x) isfinite(x)
/* the bits of a float as a number, and back */
#define BITS_OF(x) __float_as_uint(x)
#define FLOAT_OF(bits) __uint_as_float(bits)

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
/* as in the headers of the system, which may have come before */
typedef unsigned long ulong;

#else

#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#define KERNEL __kernel void
#define DEVICE static inline
#define CONSTANT __constant
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_POINTER __local
#define RESTRICT restrict

#define GLOBAL_ID_X get_global_id(0)
#define GLOBAL_ID_Y get_global_id(1)
#define GLOBAL_ID_Z get_global_id(2)
#define LOCAL_ID_X get_local_id(0)
#define LOCAL_ID_Y get_local_id(1)
#define LOCAL_ID_Z get_local_id(2)
#define GROUP_ID_X get_group_id(0)
#define GROUP_ID_Y get_group_id(1)
#define GROUP_ID_Z get_group_id(2)
#define GROUP_SIZE_X get_local_size(0)
#define GROUP_SIZE_Y get_local_size(1)
#define GROUP_SIZE_Z get_local_size(2)
#define GROUPS_X get_num_groups(0)
#define GROUPS_Y get_num_groups(1)
#define GROUPS_Z get_num_groups(2)
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)

#define ATOMIC_ADD_INT(pointer, value) atomic_add(pointer, value)
#define ATOMIC_MIN_INT(pointer, value) atomic_min(pointer, value)
#define ATOMIC_MAX_INT(pointer, value) atomic_max(pointer, value)
#define ATOMIC_OR_INT(pointer, value) atomic_or(pointer, value)

#define FLOAT2(x, y) ((float2)(x, y))
#define FLOAT4(x, y, z, w) ((float4)(x, y, z, w))
#define DOUBLE2(x, y) ((double2)(x, y))
#define SQRT(x) sqrt(x)
#define SINCOS(x, sine, cosine) (sine) = sincos(x, &(cosine))
#define FLOOR(x) floor(x)
#define CEIL(x) ceil(x)
#define RINT(x) rint(x)
#define FABS(x) fabs(x)
#define FMIN(x, y) fmin(x, y)
#define FMAX(x, y) fmax(x, y)
#define FMA(x, y, z) fma(x, y, z)
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define POW(x, y) pow(x, y)
#define ATAN2(y, x) atan2(y, x)
#define IS_FINITE(x) isfinite(x)
#define BITS_OF(x) as_uint(x)
#define FLOAT_OF(bits) as_float(bits)

#endif
#endif
