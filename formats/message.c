// SPDX-License-Identifier: GPL-2.0-or-later
/* Which payload belongs to which message type: see message.h. */
#include "message.h"

#include <elf.h>

#include "bytes.h"
#include "layout_rows.h"
#include "message_layouts.h"

#define HVD_ALSO(code_, name_)
#define HVD_MESSAGE(code_, name_, arch_, x86_64_, arm64_, sources_) \
	TYPE_##name_ = code_,
enum message_type {
#include "abi_messages.def"
};

/** The payloads of one type. */
struct payloads {
	uint32_t code;
	const struct hvd_layout *x86_64;
	const struct hvd_layout *arm64;
};

/* Stands for: no source tells. */
static const struct hvd_layout hvd_layout_none;

/* In ascending order of the codes, as the .def file is. */
static const struct payloads payloads[] = {
#define HVD_MESSAGE(code_, name_, arch_, x86_64_, arm64_, sources_) \
	{code_, &hvd_layout_##x86_64_, &hvd_layout_##arm64_},
#define HVD_ALSO(code_, name_)
#include "abi_messages.def"
};

static const struct payloads *find(uint32_t code)
{
	size_t low = 0, high = HVD_ROW_COUNT(payloads);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (payloads[middle].code == code)
			return &payloads[middle];
		if (payloads[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct hvd_layout *hvd_message_layout(uint32_t type, uint16_t machine)
{
	const struct payloads *p = find(type);
	const struct hvd_layout *layout;

	if (!p)
		return NULL;
	layout = machine == EM_AARCH64 ? p->arm64 : p->x86_64;
	return layout->nr_rows ? layout : NULL;
}

int hvd_message_decode(const uint8_t *bytes, size_t size, uint16_t machine,
		       struct hvd_message *message)
{
	size_t there;

	if (size < HVD_MESSAGE_HEADER)
		return -1;
	there = size - HVD_MESSAGE_HEADER;
	if (there > HVD_MESSAGE_PAYLOAD)
		there = HVD_MESSAGE_PAYLOAD;
	*message = (struct hvd_message){
		.type = hvd_le32(bytes),
		.claimed = bytes[4],
		.size = bytes[4] < there ? bytes[4] : (uint8_t)there,
		.flags = bytes[5],
		.pending = bytes[5] & 1,
		.sender = hvd_le64(bytes + 8),
		.payload = bytes + HVD_MESSAGE_HEADER,
	};
	message->row = hvd_abi_find(HVD_ABI_MESSAGES, HVD_ABI_ANY,
				    message->type);
	message->layout = hvd_message_layout(message->type, machine);
	return 0;
}

/* Types that tell of something else than a VP that was stopped. */
static bool is_notice(uint32_t type)
{
	switch (type) {
	case TYPE_TIMER_EXPIRED:
	case TYPE_IOMMU_FAULT:
	case TYPE_EVENTLOG_BUFFERCOMPLETE:
	case TYPE_ASYNC_CALL_COMPLETION:
	case TYPE_INSUFFICIENT_MEMORY:
	case TYPE_MIRRORING_NOTIFICATION:
	case TYPE_RESTART_COMPLETION_NOTIFICATION:
		return true;
	}
	return type >= TYPE_SCHEDULER_VP_SIGNAL_BITSET &&
	       type <= TYPE_SCHEDULER_ID_RANGE_END;
}

bool hvd_message_is_intercept(const struct hvd_message *message)
{
	return message->type & 0x80000000 && message->row &&
	       !is_notice(message->type);
}

bool hvd_message_vp(const struct hvd_message *message, uint32_t *index)
{
	if (!hvd_message_is_intercept(message) || message->size < 4)
		return false;
	*index = hvd_le32(message->payload);
	return true;
}
