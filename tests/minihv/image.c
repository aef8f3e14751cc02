// SPDX-License-Identifier: GPL-2.0-or-later
/* What the image says of itself: read back out of its header, for the log. */
#include "image.h"

#include "landmark.h"
#include "lib.h"
#include "log.h"
#include "memory.h"

/* peheader.S: signature, GUID, age, name. */
extern const u8 codeview[];
#define CODEVIEW_GUID	4
#define CODEVIEW_AGE	20
#define CODEVIEW_NAME	24

u32 image_size(void)
{
	return (u32)(guarded_end - guarded_start);
}

static void log_image(void)
{
	const u8 *guid = codeview + CODEVIEW_GUID;

	log_line(LOG_EVENTS,
		 "image base=0x%lx size=0x%x at=0x%lx timestamp=0x%08x checksum=0x%08x "
		 "pdb=%s guid=%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x age=%u",
		 image_address((u64)guarded_start), image_size(), (u64)guarded_start,
		 (u32)IMAGE_TIMESTAMP, (u32)IMAGE_CHECKSUM, (const char *)codeview + CODEVIEW_NAME,
		 get32(guid), (u32)get16(guid + 4), (u32)get16(guid + 6), (u32)guid[8],
		 (u32)guid[9], (u32)guid[10], (u32)guid[11], (u32)guid[12], (u32)guid[13],
		 (u32)guid[14], (u32)guid[15], get32(codeview + CODEVIEW_AGE));
}

void image_log(void)
{
	log_image();
	log_line(LOG_EVENTS, "landmark at=0x%lx size=0x%lx", landmark_address(), LANDMARK_SIZE);
}
