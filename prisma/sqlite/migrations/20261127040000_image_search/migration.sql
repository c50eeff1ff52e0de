-- What the dashboard's free text is looked for in, one row for each image that is not deleted.
CREATE TABLE "ImageSearch" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "imageId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    CONSTRAINT "ImageSearch_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "ImageSearch_imageId_key" ON "ImageSearch"("imageId");

-- Finds parts of words. Its content is the table's; triggers keep the two together.
CREATE VIRTUAL TABLE "ImageSearchIndex" USING fts5("text", content='ImageSearch', content_rowid='id', tokenize='trigram');
CREATE TRIGGER "ImageSearch_insert" AFTER INSERT ON "ImageSearch" BEGIN
  INSERT INTO "ImageSearchIndex"(rowid, "text") VALUES (new."id", new."text");
END;
CREATE TRIGGER "ImageSearch_delete" AFTER DELETE ON "ImageSearch" BEGIN
  INSERT INTO "ImageSearchIndex"("ImageSearchIndex", rowid, "text") VALUES ('delete', old."id", old."text");
END;
CREATE TRIGGER "ImageSearch_update" AFTER UPDATE ON "ImageSearch" BEGIN
  INSERT INTO "ImageSearchIndex"("ImageSearchIndex", rowid, "text") VALUES ('delete', old."id", old."text");
  INSERT INTO "ImageSearchIndex"(rowid, "text") VALUES (new."id", new."text");
END;

INSERT INTO "ImageSearch" ("imageId", "text")
SELECT i."id", lower(
  coalesce(i."name", '')
  || coalesce((SELECT char(10) || group_concat(t."value", char(10)) FROM "ImageTag" t WHERE t."imageId" = i."id"), '')
  || coalesce((SELECT char(10) || group_concat(p."value", char(10)) FROM "ImageProperty" p
      WHERE p."imageId" = i."id" AND p."name" IN ('description', 'os_distro', 'os_version')), ''))
FROM "Image" i WHERE i."isDeleted" = 0;
