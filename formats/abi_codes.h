/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file abi_codes.h
 * The codes as constants, for code that means one of them: HVD_X64_RIP,
 * HVD_ARM64_PC, HVD_PROP_GUEST_OS_ID, HVD_CALL_GET_VP_REGISTERS,
 * HVD_STATUS_TIME_OUT, HVD_SYSPROP_SCHEDULER_TYPE, HVD_PRIV_CPU_MANAGEMENT (a
 * bit number); also under their other names, such as HVD_CALL_SEND_IPI. Made from
 * the rows of the .def files; the kernel may include it.
 */
#ifndef HVD_ABI_CODES_H
#define HVD_ABI_CODES_H

#define HVD_ALSO(code_, name_) HVD_X64_##name_ = code_,
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_X64_##name_ = code_,
enum hvd_abi_code_x64 {
#include "abi_registers_x86_64.def"
};

#define HVD_ALSO(code_, name_) HVD_ARM64_##name_ = code_,
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_ARM64_##name_ = code_,
enum hvd_abi_code_arm64 {
#include "abi_registers_arm64.def"
};

#define HVD_ALSO(code_, name_) HVD_PROP_##name_ = code_,
#define HVD_PROP(code_, name_, bits_, unit_, arch_, capture_, sources_, text_)	\
	HVD_PROP_##name_ = code_,
enum hvd_abi_code_property {
#include "abi_properties.def"
};

#define HVD_ALSO(code_, name_) HVD_CALL_##name_ = code_,
#define HVD_CALL(code_, name_, form_, sources_) HVD_CALL_##name_ = code_,
enum hvd_abi_code_hypercall {
#include "abi_hypercalls.def"
};

#define HVD_ALSO(code_, name_) HVD_STATUS_##name_ = code_,
#define HVD_STATUS(code_, name_, sources_) HVD_STATUS_##name_ = code_,
enum hvd_abi_code_status {
#include "abi_status.def"
};

#define HVD_ALSO(code_, name_) HVD_SYSPROP_##name_ = code_,
#define HVD_SYSPROP(code_, name_, sources_) HVD_SYSPROP_##name_ = code_,
enum hvd_abi_code_system_property {
#include "abi_system_properties.def"
};

#define HVD_ALSO(code_, name_) HVD_PRIV_##name_ = code_,
#define HVD_PRIV(bit_, name_, sources_) HVD_PRIV_##name_ = bit_,
enum hvd_abi_code_privilege {
#include "abi_privileges.def"
};

#endif /* HVD_ABI_CODES_H */
